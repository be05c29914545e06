import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash, createPublicKey, randomBytes, randomUUID, verify } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { administrator, type Administrator } from '../support/accounts/authenticator.js';
import { auditedIn } from '../support/database/audit-entries.js';
import { ask } from '../support/database/database.js';
import { Command } from '../support/process/command.js';
import { until } from '../support/process/wait-until.js';
import { compileCache, Service, signUp, type Account } from '../support/process/service.js';

const cli = join(import.meta.dirname, '..', '..', 'dist', 'src', 'cli', 'audit-verify.js');
const base = '/api/v1/admin/audit';

interface Entry {
  readonly id: string;
  readonly action: string;
  readonly actor: string | null;
  readonly subject: string | null;
  readonly details: {
    readonly actor_id: string;
    readonly subject_id: string;
    readonly details: object;
  } | null;
}

describe('the audit log, for administrators,', () => {
  let service: Service;
  let admin: Administrator;
  let ada: Account;
  beforeAll(async () => {
    service = await Service.start({});
    admin = await administrator(service, 'super_admin');
    ada = await signUp(service);
    const body = { user_id: ada.id, amount: 5, reason: '=canary,"of" credits' };
    const adjusted = await admin.visitor.call('/api/v1/admin/credits/adjust', { token: admin.token, body });
    expect(adjusted.status).toBe(200);
  });
  afterAll(async () => {
    await service.discard();
  });

  const get = (query = '') => admin.visitor.call(`${base}${query}`, { token: admin.token });
  const post = (path: string, body: object = {}) =>
    admin.visitor.call(`${base}${path}`, { token: admin.token, body });
  const list = async (query = ''): Promise<Entry[]> => {
    const { status, json } = await get(query);
    expect(status).toBe(200);
    return json.data as Entry[];
  };

  it('is listed, the newest first, page by page, with what entries say', async () => {
    const [first, second] = [await get('?limit=2'), await get('?limit=1&action=credits.adjusted')];
    expect(first.json.data).toMatchObject([{ action: 'audit.read' }, { action: 'credits.adjusted' }]);
    const [entry] = second.json.data as Entry[];
    expect(entry?.actor).toMatch(/^[0-9a-f]{64}$/);
    expect(entry).toMatchObject({
      details: {
        actor_id: admin.id,
        subject_id: ada.id,
        method: 'POST',
        route: '/api/v1/admin/credits/adjust',
        details: { amount: 5, reason: '=canary,"of" credits' },
      },
    });
    const next = await list(`?limit=3&cursor=${String(first.json.next_cursor)}`);
    expect(next).toHaveLength(3);
    expect(next.map(({ id }) => id)).not.toContain((first.json.data as Entry[])[1]?.id);
  });

  it('is filtered by who did it, to whom, what and when', async () => {
    const [ofAda, byAda, byAdmin] = [
      await list(`?subject_id=${ada.id}`),
      await list(`?actor_id=${ada.id}`),
      await list(`?actor_id=${admin.id}&action=credits.adjusted`),
    ];
    expect(ofAda.map(({ action }) => action)).toEqual(['credits.adjusted', 'user.signed_in', 'user.created']);
    expect(byAda.map(({ action }) => action)).toEqual(['user.signed_in', 'user.created']);
    expect(byAdmin).toHaveLength(1);
    expect(await list(`?since=${new Date(Date.now() + 60_000).toISOString()}`)).toEqual([]);
    expect((await list(`?until=${new Date(0).toISOString()}`)).length).toBe(0);
    expect((await get('?action=nothing')).status).toBe(422);
  });

  it('is exported as lines of JSON and as CSV, of which no cell is a formula; sealed unless details are asked for', async () => {
    const [sealed, open, csv] = [
      await get('/export?format=jsonl'),
      await get('/export?format=jsonl&details=true&action=credits.adjusted'),
      await get('/export?format=csv&details=true&action=credits.adjusted'),
    ];
    expect(sealed.headers['content-type']).toBe('application/jsonl');
    expect(sealed.headers['content-disposition']).toBe('attachment; filename="audit.jsonl"');
    const rows = sealed.text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Entry);
    const stored = await ask<{ count: number }>(
      service.home,
      "select count(*)::int as count from velro.audit_entries where action <> 'audit.exported'",
    );
    expect(rows.filter(({ action }) => action !== 'audit.exported')).toHaveLength(stored[0]?.count ?? -1);
    for (const canary of ['canary', ada.id, admin.id, ada.email, admin.email])
      expect(sealed.text).not.toContain(canary);
    expect(open.text).toContain(ada.id);
    const [head, line] = csv.text.trimEnd().split('\r\n');
    expect(head).toBe('id,at,stream,position,action,actor,subject,request_id,details,payload,mac');
    expect(line).toMatch(/^[0-9a-f-]{36},.*,credits\.adjusted,.*,"\{""actor_id"":/);
    expect((await get('/export?format=xml')).status).toBe(422);
  });

  it('says of each time it is read or exported by whom', async () => {
    const actions = async (work: () => Promise<unknown>) =>
      (await auditedIn(service, work)).map(({ action, has_actor }) => [action, has_actor]);
    expect(await actions(() => get())).toEqual([['audit.read', true]]);
    expect(await actions(() => get('/export?format=csv'))).toEqual([['audit.exported', true]]);
  });

  it('does not show what an account’s entries say once the account is gone', async () => {
    const eve = await signUp(service);
    await ask(service.home, 'delete from velro.users where id = $1', [eve.id]);
    const [entry] = await list('?action=user.created&limit=1');
    expect(entry).toMatchObject({ action: 'user.created', details: null });
  });

  it('is verified by requests, one after the other', async () => {
    const answer = await post('/verify');
    expect(answer.json).toMatchObject({ faults: [], checkpoint_faults: [], next_stream: null });
    expect(Number(answer.json.entries)).toBeGreaterThan(5);
    expect((await post('/verify', { from_stream: 63 })).status).toBe(200);
    expect((await post('/verify', { from_stream: 64 })).status).toBe(422);
  });

  it('gives checkpoints to everybody, signed for whoever has its key', async () => {
    const visitor = service.visitor();
    expect((await visitor.call('/.well-known/velro-audit-checkpoint')).status).toBe(404);
    const { status, json } = await post('/checkpoints');
    expect(status).toBe(201);
    const [note, key] = [json.note as string, json.verifier_key as string];
    const [, name, id, encoded] = /^(.+)\+([0-9a-f]{8})\+(.+)$/.exec(key) ?? [];
    const publicKey = Buffer.from(encoded ?? '', 'base64').subarray(1);
    const [text, signatures] = note.split('\n\n');
    const signature = Buffer.from(signatures?.trim().split(' ').at(-1) ?? '', 'base64');
    const hash = createHash('sha256')
      .update(`${String(name)}\n`)
      .update(Buffer.of(1))
      .update(publicKey)
      .digest('hex');
    expect([signature.subarray(0, 4).toString('hex'), hash.slice(0, 8)]).toEqual([id, id]);
    const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), publicKey]);
    const verifier = createPublicKey({ key: spki, format: 'der', type: 'spki' });
    expect(verify(null, Buffer.from(`${String(text)}\n`), verifier, signature.subarray(4))).toBe(true);
    expect(text?.split('\n')[0]).toBe(name);
    // Within some seconds, on every instance.
    const shown = () => visitor.call('/.well-known/velro-audit-checkpoint');
    await until(async () => (await shown()).status === 200, 'a checkpoint');
    const answer = await shown();
    expect([answer.text, answer.headers['content-type']]).toEqual([note, 'text/plain; charset=utf-8']);

    const file = join(service.home, 'checkpoint.txt');
    writeFileSync(file, note);
    const check = async (...args: readonly string[]) => {
      const command = Command.start([process.execPath, cli, ...args], {
        cwd: service.home,
        env: { ENVIRONMENT: 'test', VELRO_HOME: service.home, ...compileCache },
      });
      return { code: await command.exited(), printed: command.printed };
    };
    expect((await check('--checkpoint', file)).code).toBe(0);
    expect((await check('--checkpoint', join(service.home, 'none'))).code).toBe(1);
    expect((await check('--checkpoint')).code).toBe(2);
    await ask(service.home, 'delete from velro.audit_checkpoints');
    const lost = await check('--checkpoint', file);
    expect([lost.code, lost.printed]).toEqual([1, expect.stringContaining('the database was set back')]);
  });

  it('is shown to no one else', async () => {
    const rows = await auditedIn(service, async () => {
      for (const path of ['', '/export?format=csv']) {
        expect((await ada.visitor.call(`${base}${path}`, { token: ada.token })).status).toBe(403);
        expect((await service.visitor().call(`${base}${path}`)).status).toBe(401);
      }
    });
    expect(rows).toEqual([]);
  });

  it('has the configuration of each start, without its values, and what changed since the one before', async () => {
    const token = randomBytes(24).toString('hex');
    await service.stop({ keepHome: true });
    service = await Service.start({ METRICS_TOKEN: token }, service.home);
    const { json } = await service
      .visitor()
      .call(`${base}?action=configuration.loaded`, { token: admin.token });
    const starts = json.data as Entry[];
    expect(starts).toHaveLength(2);
    const details = starts[0]?.details?.details as { changed: string[]; settings: string[] } | undefined;
    expect(details?.changed).toEqual(expect.arrayContaining(['METRICS_TOKEN']));
    expect(details?.changed).not.toContain('LOG_FORMAT');
    expect(JSON.stringify(details)).not.toContain(token);
    expect(details?.settings).toEqual(
      expect.arrayContaining([expect.stringMatching(/^METRICS_TOKEN=[0-9a-f]{16}$/)]),
    );
  });
});

describe('each route by which administrators read', () => {
  let service: Service;
  let admin: Administrator;
  let ada: Account;
  beforeAll(async () => {
    service = await Service.start({});
    admin = await administrator(service, 'super_admin');
    ada = await signUp(service);
  });
  afterAll(async () => {
    await service.discard();
  });

  /** What an entry says of each; null: nothing of a person is shown. */
  const reads: Readonly<Record<string, string | null>> = {
    '/api/v1/admin/access-review': 'personal_data.read',
    '/api/v1/admin/access-review/export': 'personal_data.read',
    '/api/v1/admin/agents': null,
    '/api/v1/admin/agents/:id': null,
    '/api/v1/admin/agents/:id/knowledge': null,
    '/api/v1/admin/agents/:id/versions': null,
    '/api/v1/admin/audit': 'audit.read',
    '/api/v1/admin/audit/export': 'audit.exported',
    '/api/v1/admin/budgets': null,
    '/api/v1/admin/controls': null,
    '/api/v1/admin/jobs': null,
    '/api/v1/admin/messenger/pages': null,
    '/api/v1/admin/messenger/people': 'personal_data.read',
    '/api/v1/admin/privacy/retention': null,
    '/api/v1/admin/security/blocks': 'personal_data.read',
    '/api/v1/admin/security/events': 'personal_data.read',
    '/api/v1/admin/security/posture': null,
    '/api/v1/admin/usage': 'personal_data.read',
    '/api/v1/admin/users': 'personal_data.read',
    '/api/v1/admin/users/:id': 'personal_data.read',
    '/api/v1/admin/users/:id/privacy-choices': 'personal_data.read',
    '/api/v1/admin/users/:id/sessions': 'personal_data.read',
    '/api/v1/admin/webhook-endpoints': null,
    '/api/v1/admin/webhook-endpoints/:id/deliveries': null,
  };

  it('is in the table', async () => {
    const described = (await service.visitor().call('/docs-json')).json.paths as Record<string, object>;
    const found = Object.entries(described)
      .filter(([path, operations]) => path.startsWith('/api/v1/admin/') && 'get' in operations)
      .map(([path]) => path.replaceAll(/\{([a-z_]+)\}/g, ':$1'));
    expect(found.sort()).toEqual(Object.keys(reads).sort());
  });

  it.each([
    '/api/v1/admin/users?limit=x',
    '/api/v1/admin/users/nobody',
    `/api/v1/admin/users/${randomUUID()}`,
    '/api/v1/admin/security/events?level=x',
  ])('%s shows nothing, and is no entry', async (url) => {
    const rows = await auditedIn(service, async () => {
      const { status } = await admin.visitor.call(url, { token: admin.token });
      expect([404, 422]).toContain(status);
    });
    expect(rows).toEqual([]);
  });

  it.each(Object.entries(reads))('%s: %s', async (path, action) => {
    const url = `${path.replace(':id', ada.id)}${path.endsWith('audit/export') ? '?format=csv' : ''}`;
    const rows = await auditedIn(service, () => admin.visitor.call(url, { token: admin.token }));
    expect(rows.map((row) => row.action)).toEqual(action === null ? [] : [action]);
    if (path.includes('users/:id')) expect(rows[0]?.has_subject).toBe(true);
  });
});

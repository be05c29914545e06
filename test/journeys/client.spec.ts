import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { createClient, VelroError, type Client, type ProblemCode } from '../../client/src/index.js';
import { FalService } from '../support/fal/fal-service.js';
import { password } from '../support/process/service.js';
import { until } from '../support/process/wait-until.js';

const model = 'fal-ai/flux-pro/v1.1-ultra';
const byReference = 'fal-ai/flux-pro/kontext/max';
const order = { model_id: model, prompt: 'a lighthouse over a violet sea' };
/** Of one generation, file, session, key or project. */
const of = (id: string) => ({ params: { path: { id } } });

/** The status and code by which a call is refused. */
async function refusal(call: Promise<unknown>): Promise<[number, ProblemCode]> {
  const error = await call.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof VelroError)) throw new Error(`not refused, or not by the service: ${String(error)}`);
  return [error.status, error.code];
}

describe('the client at the service', () => {
  let stage: FalService;
  beforeAll(async () => {
    stage = await FalService.start(
      { automatic: { queueMs: 20, workMs: 50 } },
      { RATE_LIMIT_AUTH_REGISTER: '1000/hour', RATE_LIMIT_AUTH_LOGIN: '1000/hour' },
    );
  });
  afterAll(async () => {
    await stage.stop();
  });

  const open = (token?: string): Client =>
    createClient({
      baseUrl: stage.service.url,
      ...(token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }),
    });
  /** Somebody new, signed in. */
  const arrive = async () => {
    const [velro, email] = [open(), `${randomUUID()}@example.com`];
    await velro.POST('/api/v1/auth/register', { body: { email, password, full_name: 'Ada' } });
    return { velro, email };
  };
  /** Orders, and follows it to its end; resolves with the names of its events. */
  const finish = async (velro: Client, how: Parameters<Client['generate']>[0] = order) => {
    const { data } = await velro.generate(how);
    const events: string[] = [];
    for await (const { event } of velro.events(data.id)) events.push(event);
    return { id: data.id, events };
  };

  describe('with an account and its sessions', () => {
    it('changes the name, and reads the same by the claims of the token', async () => {
      const { velro, email } = await arrive();
      await velro.PUT('/api/v1/auth/profile', { body: { full_name: 'Ada Lovelace' } });
      const { data: me } = await velro.GET('/api/v1/auth/me');
      const { data: claims } = await velro.GET('/api/v1/auth/session');
      expect([me.email, me.full_name, me.role]).toEqual([email, 'Ada Lovelace', 'user']);
      expect([claims.sub, claims.role, claims.scopes]).toEqual([me.id, 'user', null]);
    });

    it('lists sessions and ends another, which is then refused, while its own goes on', async () => {
      const { velro, email } = await arrive();
      const other = open();
      await other.POST('/api/v1/auth/login', { body: { email, password } });
      const { data: both } = await velro.GET('/api/v1/auth/sessions');
      const [foreign, ...none] = both.data.filter(({ current }) => !current);
      expect([both.data.length, none]).toEqual([2, []]);
      await velro.DELETE('/api/v1/auth/sessions/{id}', of(foreign?.id ?? ''));
      const [status] = await refusal(other.GET('/api/v1/auth/me'));
      expect(status).toBe(401);
      const { data: left } = await velro.GET('/api/v1/auth/sessions');
      expect(left.data.map(({ current }) => current)).toEqual([true]);
    });

    it('renews its tokens, goes on after a fresh proof, and changes the password', async () => {
      const { velro, email } = await arrive();
      await velro.refresh();
      await velro.POST('/api/v1/auth/step-up', { body: { password } });
      const changed = 'quiet-otter-bridges-9-tall-paints';
      const body = { current_password: password, new_password: changed };
      await velro.POST('/api/v1/auth/password-change', { body });
      expect((await velro.GET('/api/v1/auth/me')).data.email).toBe(email);
      const login = (word: string) => open().POST('/api/v1/auth/login', { body: { email, password: word } });
      expect(await refusal(login(password))).toEqual([401, 'credentials_invalid']);
      expect((await login(changed)).data.mfa_required).toBe(false);
    });

    it('signs out everywhere', async () => {
      const { velro, email } = await arrive();
      const other = open();
      await other.POST('/api/v1/auth/login', { body: { email, password } });
      await velro.POST('/api/v1/auth/logout', { body: { scope: 'all' } });
      expect((await refusal(other.GET('/api/v1/auth/me')))[0]).toBe(401);
      expect(await refusal(velro.GET('/api/v1/auth/me'))).toEqual([401, 'token_missing']);
    });
  });

  it('uses an API key within its scopes, rotates it, and is refused with it once it is deleted', async () => {
    const { velro } = await arrive();
    const body = { name: 'a script', scopes: ['generations:read' as const] };
    const { data: key } = await velro.POST('/api/v1/api-keys', { body });
    const list = (token: string) => open(token).GET('/api/v1/generations');
    expect((await list(key.key)).data.data).toEqual([]);
    expect(await refusal(open(key.key).POST('/api/v1/generations', { body: order }))).toEqual([
      403,
      'scope_missing',
    ]);
    const { data: next } = await velro.POST('/api/v1/api-keys/{id}/rotate', {
      ...of(key.id),
      body: { overlap_seconds: 0 },
    });
    expect((await list(next.key)).data.data).toEqual([]);
    expect(await refusal(list(key.key))).toEqual([401, 'token_invalid']);
    const { data: keys } = await velro.GET('/api/v1/api-keys');
    expect(keys.data.map(({ id, prefix }) => [id, next.key.startsWith(prefix)])).toEqual([[key.id, true]]);
    await velro.DELETE('/api/v1/api-keys/{id}', of(key.id));
    expect(await refusal(list(next.key))).toEqual([401, 'token_invalid']);
    expect((await velro.GET('/api/v1/api-keys')).data.data).toEqual([]);
  });

  describe('with generations', () => {
    it('orders, follows, finds, keeps and deletes one in a project, and pays for it once', async () => {
      const { velro } = await arrive();
      const { data: before } = await velro.GET('/api/v1/credits/balance');
      const { data: project } = await velro.POST('/api/v1/projects', { body: { name: 'Seas' } });
      const { id, events } = await finish(velro, { ...order, project_id: project.id });
      expect(events.at(-1)).toBe('completed');

      const query = { project_id: project.id, status: 'completed' as const };
      const { data: page } = await velro.GET('/api/v1/generations', { params: { query } });
      expect(page.data.map((one) => one.id)).toEqual([id]);
      const { data: links } = await velro.GET('/api/v1/generations/{id}/media-urls', of(id));
      const picture = await fetch(new URL(links.data[0]?.url ?? '', stage.service.url));
      expect((await picture.arrayBuffer()).byteLength).toBe(links.data[0]?.bytes);
      await velro.POST('/api/v1/generations/{id}/favorite', { ...of(id), body: { favorite: true } });
      expect((await velro.GET('/api/v1/generations/{id}', of(id))).data.favorite).toBe(true);

      const cost = page.data[0]?.credits_cost ?? 0;
      const { data: after } = await velro.GET('/api/v1/credits/balance');
      const { data: ledger } = await velro.GET('/api/v1/credits/transactions');
      expect(cost).toBeGreaterThan(0);
      expect([before.balance - after.balance, after.reserved]).toEqual([cost, 0]);
      expect(ledger.data.map(({ kind }) => kind)).toEqual(['commit', 'reserve', 'grant']);
      expect((await velro.GET('/api/v1/generations/stats')).data).toMatchObject({
        total: 1,
        credits_spent: cost,
      });

      await velro.DELETE('/api/v1/generations/{id}', of(id));
      expect(await refusal(velro.GET('/api/v1/generations/{id}', of(id)))).toEqual([404, 'not_found']);
      await velro.DELETE('/api/v1/projects/{id}', of(project.id));
      expect((await velro.GET('/api/v1/projects')).data.data).toEqual([]);
    });

    it('has an order once, however often it sends it under one key', async () => {
      const { velro } = await arrive();
      const idempotencyKey = randomUUID();
      const answers = [];
      for (let count = 0; count < 2; count++) answers.push(await velro.generate(order, { idempotencyKey }));
      expect(new Set(answers.map(({ data }) => data.id)).size).toBe(1);
      expect(answers[1]?.response.headers.get('idempotency-replayed')).toBe('true');
      expect((await velro.GET('/api/v1/generations')).data.data).toHaveLength(1);
    });

    it('cancels one while it is followed, gets its credits back, and orders it again', async () => {
      const { velro } = await arrive();
      const { data: before } = await velro.GET('/api/v1/credits/balance');
      stage.fal.automatic = null;
      const { data } = await velro.generate(order);
      const events: string[] = [];
      try {
        for await (const { event } of velro.events(data.id)) {
          if (events.length === 0) await velro.POST('/api/v1/generations/{id}/cancel', of(data.id));
          events.push(event);
        }
      } finally {
        stage.fal.automatic = { queueMs: 20, workMs: 50 };
      }
      expect(events.at(-1)).toBe('cancelled');
      expect((await velro.GET('/api/v1/credits/balance')).data).toEqual(before);
      const { data: again } = await velro.POST('/api/v1/generations/{id}/retry', of(data.id));
      const seen: string[] = [];
      for await (const { event } of velro.events(again.id)) seen.push(event);
      expect([again.id === data.id, seen.at(-1)]).toEqual([false, 'completed']);
    });
  });

  it('uploads a reference picture, finds it among the files, opens it by a link, and deletes it', async () => {
    const { velro } = await arrive();
    const pixels = { width: 300, height: 200, channels: 3, background: 'teal' } as const;
    const image = await sharp({ create: pixels }).png().toBuffer();
    const reference_image = new Blob([new Uint8Array(image)], { type: 'image/png' });
    const { id, events } = await finish(velro, {
      model_id: byReference,
      prompt: 'at night',
      reference_image,
    });
    expect(events.at(-1)).toBe('completed');
    const { data: files } = await velro.GET('/api/v1/storage/files');
    expect(files.data.map(({ kind, generation_id }) => [kind, generation_id]).sort()).toEqual([
      ['reference', null],
      ['result', id],
    ]);
    const { data: usage } = await velro.GET('/api/v1/storage/stats');
    expect([usage.files, usage.bytes]).toEqual([2, files.data.reduce((sum, { bytes }) => sum + bytes, 0)]);

    const result = files.data.find(({ kind }) => kind === 'result');
    const at = of(result?.id ?? '');
    const { data: link } = await velro.POST('/api/v1/storage/files/{id}/signed-url', { ...at, body: {} });
    const opened = await fetch(new URL(link.url, stage.service.url));
    expect([opened.status, (await opened.arrayBuffer()).byteLength]).toEqual([200, result?.bytes]);
    expect((await velro.GET('/api/v1/storage/files/{id}', at)).data).toEqual(result);
    await velro.DELETE('/api/v1/storage/files/{id}', at);
    expect(await refusal(velro.GET('/api/v1/storage/files/{id}', at))).toEqual([404, 'not_found']);
    await until(
      async () => (await velro.GET('/api/v1/storage/stats')).data.files === 1,
      'the statistics without the file',
    );
  });

  it('sees nothing of another account, and changes nothing of it', async () => {
    const [ada, eve] = [await arrive(), await arrive()];
    const { id } = await finish(ada.velro);
    const { data: files } = await ada.velro.GET('/api/v1/storage/files');
    const { data: project } = await ada.velro.POST('/api/v1/projects', { body: { name: 'Seas' } });
    const { data: sessions } = await ada.velro.GET('/api/v1/auth/sessions');
    const body = { name: 'a script', scopes: ['account:read' as const] };
    const { data: key } = await ada.velro.POST('/api/v1/api-keys', { body });
    const [file, session] = [files.data[0]?.id ?? '', sessions.data[0]?.id ?? ''];
    const { velro } = eve;
    const attempts = [
      () => velro.GET('/api/v1/generations/{id}', of(id)),
      () => velro.GET('/api/v1/generations/{id}/media-urls', of(id)),
      () => velro.events(id).next(),
      () => velro.DELETE('/api/v1/generations/{id}', of(id)),
      () => velro.GET('/api/v1/storage/files/{id}', of(file)),
      () => velro.POST('/api/v1/storage/files/{id}/signed-url', { ...of(file), body: {} }),
      () => velro.DELETE('/api/v1/storage/files/{id}', of(file)),
      () => velro.GET('/api/v1/projects/{id}', of(project.id)),
      () => velro.PUT('/api/v1/projects/{id}', { ...of(project.id), body: { name: 'Mine' } }),
      () => velro.DELETE('/api/v1/auth/sessions/{id}', of(session)),
      () => velro.DELETE('/api/v1/api-keys/{id}', of(key.id)),
    ];
    for (const attempt of attempts)
      expect([String(attempt), await refusal(attempt())]).toEqual([String(attempt), [404, 'not_found']]);
    for (const path of ['/api/v1/generations', '/api/v1/storage/files', '/api/v1/projects'] as const)
      expect((await velro.GET(path)).data.data).toEqual([]);

    expect((await ada.velro.GET('/api/v1/generations/{id}', of(id))).data.status).toBe('completed');
    expect((await ada.velro.GET('/api/v1/storage/files')).data).toEqual(files);
    expect((await ada.velro.GET('/api/v1/projects/{id}', of(project.id))).data.name).toBe('Seas');
    expect((await open(key.key).GET('/api/v1/auth/me')).data.email).toBe(ada.email);
  });

  it('is told of a limit and of when it ends, does not repeat what takes long, and has paid for nothing more', async () => {
    const strict = await FalService.start(
      { automatic: null },
      { RATE_LIMIT_GENERATION_CREATE: '2/hour', RATE_LIMIT_AUTH_REGISTER: '100/hour' },
    );
    try {
      const sent: string[] = [];
      const velro = createClient({
        baseUrl: strict.service.url,
        fetch: (url, init) => {
          sent.push(`${String(init.method)} ${new URL(url).pathname}`);
          return fetch(url, init);
        },
      });
      const email = `${randomUUID()}@example.com`;
      await velro.POST('/api/v1/auth/register', { body: { email, password } });
      for (let count = 0; count < 2; count++) await velro.generate(order);
      const { data: before } = await velro.GET('/api/v1/credits/balance');
      sent.length = 0;
      const began = Date.now();
      const error = await velro.generate(order).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ status: 429, code: 'rate_limit_exceeded', refusesRetry: true });
      const { retryAt } = error as VelroError;
      expect(retryAt?.getTime()).toBeGreaterThan(began + 30_000);
      expect(sent).toEqual(['POST /api/v1/generations']);
      expect((await velro.GET('/api/v1/credits/balance')).data).toEqual(before);
      expect((await velro.GET('/api/v1/generations')).data.data).toHaveLength(2);
    } finally {
      await strict.stop();
    }
  });
});

import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { administrator, type Administrator } from '../support/accounts/authenticator.js';
import { operatorOf } from '../support/accounts/operator.js';
import { ask } from '../support/database/database.js';
import { Command } from '../support/process/command.js';
import { compileCache, Service, signUp, type Account } from '../support/process/service.js';

const cli = join(import.meta.dirname, '..', '..', 'dist', 'src', 'cli', 'audit-verify.js');

interface Row {
  readonly action: string;
  readonly request_id: string | null;
  readonly has_actor: boolean;
  readonly has_subject: boolean;
  readonly text: string;
}

describe('the audit log of a service', () => {
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

  const verify = async (env: Readonly<Record<string, string>> = {}, ...args: readonly string[]) => {
    const command = Command.start([process.execPath, cli, ...args], {
      cwd: service.home,
      env: { ENVIRONMENT: 'test', VELRO_HOME: service.home, ...compileCache, ...env },
    });
    return { code: await command.exited(), printed: command.printed };
  };
  const rows = (): Promise<Row[]> =>
    ask<Row>(
      service.home,
      `select action, request_id, actor is not null as has_actor, subject is not null as has_subject, e::text || encode(payload, 'escape') as text
       from velro.audit_entries e order by at, id`,
    );
  const manage = (path: string, method: string, body?: object) =>
    admin.visitor.call(`/api/v1/admin/users/${ada.id}${path}`, {
      method,
      token: admin.token,
      ...(body === undefined ? {} : { body }),
    });

  it('tells of what administrators and operators do, with the request, and of whom by keyed hashes alone', async () => {
    const changed = await manage('', 'PUT', { role: 'viewer', disabled: true });
    expect(changed.status).toBe(200);
    expect((await manage('', 'PUT', { disabled: false })).status).toBe(200);
    expect((await manage('/sessions', 'DELETE')).status).toBe(204);
    const toggle = (enabled: boolean) =>
      service.visitor().call('/ops/ai/toggle', { body: { enabled }, headers: operatorOf(service) });
    expect((await toggle(false)).status).toBe(200);
    expect((await toggle(false)).status).toBe(200);
    expect((await toggle(true)).status).toBe(200);
    const found = await rows();
    expect(found.map(({ action, has_actor, has_subject }) => [action, has_actor, has_subject])).toEqual([
      ['user.role_changed', true, true],
      ['user.disabled', true, true],
      ['user.enabled', true, true],
      ['user.sessions_ended', true, true],
      ['ai.switched', false, false],
      ['ai.switched', false, false],
    ]);
    expect(found[0]?.request_id).toBe(changed.headers['x-request-id']);
    const all = JSON.stringify(found);
    for (const canary of [ada.id, ada.id.replaceAll('-', ''), admin.id, ada.email, 'viewer'])
      expect(all).not.toContain(canary);
  });

  it('has no entry of what was refused', async () => {
    const before = (await rows()).length;
    const stranger = await signUp(service);
    const refused = await stranger.visitor.call(`/api/v1/admin/users/${ada.id}`, {
      method: 'PUT',
      token: stranger.token,
      body: { role: 'admin' },
    });
    expect(refused.status).toBe(403);
    expect((await manage('', 'PUT', { role: 'nothing' })).status).toBe(422);
    expect((await rows()).length).toBe(before);
  });

  it('is whole by npm run audit:verify, beside a running service', async () => {
    expect(await verify()).toEqual({ code: 0, printed: '6 entries: whole\n' });
    expect((await verify({}, 'x')).code).toBe(2);
  });

  it('is not judged by another AUDIT_ENC_KEY', async () => {
    const { code, printed } = await verify({
      AUDIT_ENC_KEY: Buffer.alloc(32, 'audit-key-of-a-test').toString('base64'),
    });
    expect(code).toBe(1);
    expect(printed).toContain('AUDIT_ENC_KEY');
  });

  it('names the entry that was changed in the database', async () => {
    const [entry] = await ask<{ stream: number; position: string }>(
      service.home,
      `update velro.audit_entries set action = 'user.enabled' where id = (
         select id from velro.audit_entries order by at limit 1) returning stream, position::text`,
    );
    expect(await verify()).toEqual({
      code: 1,
      printed: `stream ${String(entry?.stream)}, entry ${String(entry?.position)}: is not as it was written, or not where\n6 entries: 1 fault\n`,
    });
  });
});

import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { administrator, type Administrator } from '../support/accounts/authenticator.js';
import { operatorOf } from '../support/accounts/operator.js';
import { auditedIn, auditRows } from '../support/database/audit-entries.js';
import { ask } from '../support/database/database.js';
import { Command } from '../support/process/command.js';
import { compileCache, Service, signUp, type Account } from '../support/process/service.js';

const cli = join(import.meta.dirname, '..', '..', 'dist', 'src', 'cli', 'audit-verify.js');

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
  const manage = (path: string, method: string, body?: object) =>
    admin.visitor.call(`/api/v1/admin/users/${ada.id}${path}`, {
      method,
      token: admin.token,
      ...(body === undefined ? {} : { body }),
    });

  it('tells of what administrators and operators do, with the request, and of whom by keyed hashes alone', async () => {
    const toggle = (enabled: boolean) =>
      service.visitor().call('/ops/ai/toggle', { body: { enabled }, headers: operatorOf(service) });
    let request: unknown;
    const found = await auditedIn(service, async () => {
      const changed = await manage('', 'PUT', { role: 'viewer', disabled: true });
      request = changed.headers['x-request-id'];
      expect(changed.status).toBe(200);
      expect((await manage('', 'PUT', { disabled: false })).status).toBe(200);
      // Of an account that has no session any more: its tokens end.
      expect((await manage('/sessions', 'DELETE')).status).toBe(204);
      expect((await toggle(false)).status).toBe(200);
      expect((await toggle(false)).status).toBe(200);
      expect((await toggle(true)).status).toBe(200);
    });
    expect(found.map(({ action, has_actor, has_subject }) => [action, has_actor, has_subject])).toEqual([
      ['user.role_changed', true, true],
      ['user.disabled', true, true],
      ['user.sessions_ended', true, true],
      ['user.enabled', true, true],
      ['user.sessions_ended', true, true],
      ['ai.switched', false, false],
      ['ai.switched', false, false],
    ]);
    expect(found[0]?.request_id).toBe(request);
    const all = JSON.stringify(found);
    for (const canary of [ada.id, ada.id.replaceAll('-', ''), admin.id, ada.email, 'viewer'])
      expect(all).not.toContain(canary);
  });

  it('has no entry of what was refused', async () => {
    const stranger = await signUp(service);
    const before = (await auditRows(service)).length;
    const refused = await stranger.visitor.call(`/api/v1/admin/users/${ada.id}`, {
      method: 'PUT',
      token: stranger.token,
      body: { role: 'admin' },
    });
    expect(refused.status).toBe(403);
    expect((await manage('', 'PUT', { role: 'nothing' })).status).toBe(422);
    expect((await auditRows(service)).length).toBe(before);
  });

  it('is whole by npm run audit:verify, beside a running service', async () => {
    const { length } = await auditRows(service);
    expect(await verify()).toEqual({ code: 0, printed: `${String(length)} entries, 0 checkpoints: whole\n` });
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
    const { length } = await auditRows(service);
    const [entry] = await ask<{ stream: number; position: string }>(
      service.home,
      `update velro.audit_entries set action = 'user.enabled' where id = (
         select id from velro.audit_entries order by at limit 1) returning stream, position::text`,
    );
    expect(await verify()).toEqual({
      code: 1,
      printed: `stream ${String(entry?.stream)}, entry ${String(entry?.position)}: is not as it was written, or not where\n${String(length)} entries, 0 checkpoints: 1 fault\n`,
    });
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { administrator, type Administrator } from '../support/accounts/authenticator.js';
import { auditedIn } from '../support/database/audit-entries.js';
import { ask } from '../support/database/database.js';
import { Service, signUp, type Account } from '../support/process/service.js';

const base = '/api/v1/admin/access-review';

describe('a review of access', () => {
  let service: Service;
  let admin: Administrator;
  let ada: Account;
  beforeAll(async () => {
    service = await Service.start({});
    admin = await administrator(service, 'super_admin');
    ada = await signUp(service);
    const make = async (name: string): Promise<string> => {
      const { json } = await ada.visitor.call('/api/v1/api-keys', {
        token: ada.token,
        body: { name, scopes: ['account:read'] },
      });
      return json.id as string;
    };
    const [unused, used, revoked] = [await make('=unused'), await make('used'), await make('revoked')];
    await ask(
      service.home,
      "update velro.api_keys set created_at = now() - interval '91 days' where id = any($1)",
      [[unused, used, revoked]],
    );
    await ask(service.home, 'update velro.api_keys set last_used_at = now() where id = $1', [used]);
    await ask(service.home, 'update velro.api_keys set revoked_at = now() where id = $1', [revoked]);
  });
  afterAll(async () => {
    await service.discard();
  });

  const get = (path = '') => admin.visitor.call(`${base}${path}`, { token: admin.token });
  const attest = (note: string) =>
    admin.visitor.call(`${base}/attestations`, { token: admin.token, body: { note } });

  it('lists administrators with their factor and last use, and the keys that nobody uses', async () => {
    const { status, json } = await get();
    expect(status).toBe(200);
    expect(json).toMatchObject({
      administrator_count: 1,
      administrators: [
        { id: admin.id, role: 'super_admin', mfa_enabled: true, stale: false, disabled_at: null },
      ],
      stale_key_count: 1,
      stale_keys: [{ user_id: ada.id, name: '=unused', scopes: ['account:read'], last_used_at: null }],
      last_attestation: null,
    });
    expect(json.administrators[0].last_used_at).not.toBeNull();
    expect(json.administrators[0].sessions).toBeGreaterThan(0);
    expect(new Date(json.due_at as string).getTime()).toBeLessThanOrEqual(Date.now());
  });

  it('is exported as CSV', async () => {
    const { text, headers } = await get('/export');
    expect(headers['content-type']).toBe('text/csv; charset=utf-8');
    const [head, ...rows] = text.trimEnd().split('\r\n');
    expect(head).toMatch(/^kind,id,account,/);
    expect(rows.map((row) => row.split(',').slice(0, 3))).toEqual([
      ['administrator', admin.id, admin.email],
      ['api_key', expect.any(String), ada.id],
    ]);
  });

  it('is attested by an administrator, with an entry in the audit log; a blank note attests nothing', async () => {
    const refused = await auditedIn(service, async () => {
      expect((await attest(' ')).status).toBe(422);
      expect(
        (await ada.visitor.call(`${base}/attestations`, { token: ada.token, body: { note: 'x' } })).status,
      ).toBe(403);
    });
    expect([refused, (await get()).json.last_attestation]).toEqual([[], null]);
    const made = await auditedIn(service, async () => {
      expect((await attest('All are still with us.')).status).toBe(201);
    });
    expect(made.map(({ action, has_actor }) => [action, has_actor])).toEqual([['access.attested', true]]);
    const { json } = await get();
    expect(json.last_attestation).toMatchObject({
      reviewer_id: admin.id,
      administrators: 1,
      stale_keys: 1,
      note: 'All are still with us.',
    });
    const days = (new Date(json.due_at as string).getTime() - Date.now()) / (24 * 3600 * 1000);
    expect(Math.round(days)).toBe(90);
  });
});

import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { allScopes, KeyOwner, present, violation } from '../support/accounts/api-keys.js';
import { ask } from '../support/database/database.js';
import { Service } from '../support/process/service.js';
import { sharedService } from '../support/services/shared-service.js';

describe('an API key', () => {
  let service: Service;
  const shown: string[] = [];
  beforeAll(async () => {
    service = await sharedService();
  });
  afterAll(async () => {
    await service.discard();
  });
  const owner = (): Promise<KeyOwner> => KeyOwner.signUp(service, shown);

  it('is created, listed, used, rotated and deleted', async () => {
    const ada = await owner();
    const made = await ada.create({ name: 'nightly', scopes: ['account:read'], expires_in_days: 7 });
    expect(made.status).toBe(201);
    expect(made.headers['cache-control']).toBe('no-store');
    const { key, ...rest } = made.json as Record<string, string>;
    expect(key).toMatch(/^velro_[\w-]{43}$/);
    expect(rest).toEqual({
      id: expect.any(String),
      name: 'nightly',
      prefix: key?.slice(0, 14),
      scopes: ['account:read'],
      addresses: [],
      created_at: expect.any(String),
      expires_at: expect.any(String),
      last_used_at: null,
      previous_prefix: null,
      previous_expires_at: null,
    });
    const days = (Date.parse(made.json.expires_at) - Date.parse(made.json.created_at)) / 86_400_000;
    expect(days).toBeCloseTo(7, 3);
    expect(await ada.list()).toEqual([rest]);

    const me = await service.visitor().call('/api/v1/auth/me', { token: key ?? '' });
    expect([me.status, me.json.id]).toEqual([200, ada.account.id]);
    const rotated = await ada.rotate(made.json.id as string);
    expect([rotated.status, rotated.json.id]).toEqual([200, made.json.id]);
    expect([rotated.json.expires_at, rotated.json.previous_prefix]).toEqual([
      rest['expires_at'],
      rest['prefix'],
    ]);
    expect((await present(service, rotated.json.key as string)).status).toBe(200);
    const [listed] = await ada.list();
    expect(listed).toEqual({ ...rotated.json, key: undefined, last_used_at: expect.any(String) });

    expect((await ada.remove(made.json.id as string)).status).toBe(204);
    expect(await ada.list()).toEqual([]);
    expect((await ada.remove(made.json.id as string)).json.code).toBe('not_found');
    expect((await ada.rotate(made.json.id as string)).json.code).toBe('not_found');
    const events = service
      .lines()
      .filter((line) => line['key_id'] === made.json.id)
      .map(({ msg, event, threat_level: level, user_id: user, source_ip: ip }) => [
        msg,
        event,
        level,
        user,
        ip,
      ]);
    expect(events).toEqual(
      [
        ['created', 'authn_token_created'],
        ['rotated', 'authn_token_created'],
        ['deleted', 'authn_token_revoked'],
      ].map(([what, event]) => [
        `SECURITY-EVENT API-KEY ${what ?? ''}`,
        event,
        'LOW',
        ada.account.id,
        ada.account.visitor.address,
      ]),
    );
  });

  it('is shown once and stored as a hash', async () => {
    const ada = await owner();
    const { id, text } = await ada.key();
    await ada.rotate(id);
    const [row] = await ask<{ row: string; hash: Buffer }>(
      service.home,
      'select to_jsonb(k)::text as row, previous_hash as hash from velro.api_keys k where id = $1',
      [id],
    );
    expect(row?.hash.equals(createHash('sha256').update(text).digest())).toBe(true);
    for (const secret of [text.slice(6), text.slice(14)])
      for (const form of [
        secret,
        Buffer.from(secret).toString('hex'),
        Buffer.from(secret, 'base64url').toString('hex'),
      ])
        expect(row?.row).not.toContain(form);
    expect(JSON.stringify(await ada.list())).not.toContain(text.slice(14));
  });

  it('expires after 90 days by default, and may be used from any address', async () => {
    const { json } = await (await owner()).create();
    expect((Date.parse(json.expires_at) - Date.parse(json.created_at)) / 86_400_000).toBeCloseTo(90, 3);
    expect(json.addresses).toEqual([]);
  });

  it('reads its own owner, scopes and expiry', async () => {
    const ada = await owner();
    const { id, text } = await ada.key({ scopes: ['generations:read', 'account:read'] });
    expect((await present(service, text)).json).toEqual({
      sub: ada.account.id,
      sid: id,
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
      role: 'user',
      auth_time: 0,
      iat: expect.any(Number),
      exp: expect.any(Number),
      scopes: ['account:read', 'generations:read'],
    });
    expect((await present(service, ada.account.token)).json.scopes).toBeNull();
  });

  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const neighbour = (text: string, by: number): string =>
    text.slice(0, -1) + (alphabet[(alphabet.indexOf(text.at(-1) ?? '') + by) % 64] ?? '');
  it.each<[string, (text: string) => string, string]>([
    ['in another spelling of its last byte', (text) => neighbour(text, 1), 'key_malformed'],
    ['without its last character', (text) => text.slice(0, -1), 'key_malformed'],
    ['with one character more', (text) => `${text}A`, 'key_malformed'],
    ['with padding', (text) => `${text}=`, 'key_malformed'],
    ['with a dot and more', (text) => `${text}.e30.x`, 'key_malformed'],
    ['twice', (text) => `${text}, ${text}`, 'key_malformed'],
    ['with a blank in it', (text) => `${text.slice(0, 20)} ${text.slice(20)}`, 'key_malformed'],
    ['with a letter of another script', (text) => `${text.slice(0, -1)}\u00e9`, 'key_malformed'],
    ['that is its prefix alone', (text) => text.slice(0, 14), 'key_malformed'],
    ['of four thousand characters', (text) => text + 'A'.repeat(4000), 'key_malformed'],
    ['whose last byte is another', (text) => neighbour(text, 4), 'key_unknown'],
    ['that was made up', () => `velro_${'A'.repeat(43)}`, 'key_unknown'],
    ['with a capital prefix', (text) => text.replace('velro_', 'Velro_'), 'malformed'],
    ['without its prefix', (text) => text.slice(6), 'malformed'],
    ['behind two blanks', (text) => ` ${text}`, 'malformed'],
  ])('%s is refused like any invalid token, with one log line', async (_title, change, reason) => {
    const { text } = await (await owner()).key();
    const answer = await present(service, change(text));
    expect([answer.status, answer.json.code]).toEqual([401, 'token_invalid']);
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="velro", error="invalid_token"');
    expect(await violation(service, answer)).toMatchObject({
      msg: `SECURITY-EVENT AUTH-MIDDLEWARE VIOLATION ${reason}`,
      event: 'authz_fail',
      threat_level: 'MEDIUM',
    });
    expect((await present(service, text)).status).toBe(200);
  });

  it.each<[string, Record<string, unknown>]>([
    ['no name', { name: undefined }],
    ['an empty name', { name: '' }],
    ['a long name', { name: 'x'.repeat(101) }],
    ['no scopes', { scopes: [] }],
    ['scopes that are none', { scopes: 'account:read' }],
    ['scopes in an object', { scopes: { 0: 'account:read' } }],
    ['scopes in a list of lists', { scopes: [['account:read']] }],
    ['an unknown scope', { scopes: ['account:read', 'admin'] }],
    ['a scope twice', { scopes: ['account:read', 'account:read'] }],
    ['no days', { expires_in_days: 0 }],
    ['half a day', { expires_in_days: 0.5 }],
    ['too many days', { expires_in_days: 366 }],
    ['days as text', { expires_in_days: '7' }],
    ['addresses that are no list', { addresses: '127.0.0.1' }],
    ['an address that is a number', { addresses: [2130706433] }],
    ['half an address', { addresses: ['127.0.1'] }],
    ['an octal address', { addresses: ['0127.0.0.1'] }],
    ['an address with a zone', { addresses: ['fe80::1%eth0'] }],
    ['a prefix that is too long', { addresses: ['10.0.0.0/33'] }],
    ['everywhere', { addresses: ['127.0.0.1', '0.0.0.0/0'] }],
    ['everywhere by IPv6', { addresses: ['::/0'] }],
    ['everywhere in disguise', { addresses: ['::ffff:0:0/96'] }],
    ['an endless address', { addresses: ['1'.repeat(2000)] }],
    ['21 addresses', { addresses: Array.from({ length: 21 }, (_, last) => `10.0.0.${last}`) }],
    ['an unknown field', { role: 'admin' }],
    ['an expiry of its own', { expires_at: '2999-01-01' }],
  ])('is not created with %s', async (_title, body) => {
    const ada = await owner();
    const answer = await ada.create(body);
    expect([answer.status, answer.json.code]).toEqual([422, 'validation_failed']);
    expect(await ada.list()).toEqual([]);
  });

  it('is accepted from the addresses that it names, and from no other', async () => {
    const ada = await owner();
    const { json } = await ada.create({
      addresses: ['127.5.6.7', '127.9.1.2/16', '::ffff:127.8.0.1', '2001:DB8::1', '127.5.6.7/32'],
    });
    expect(json.addresses).toEqual(['127.5.6.7/32', '127.9.0.0/16', '127.8.0.1/32', '2001:db8::1/128']);
    for (const address of ['127.5.6.7', '127.9.200.3', '127.8.0.1'])
      expect([address, (await present(service, json.key as string, address)).status]).toEqual([address, 200]);
    for (const address of ['127.5.6.8', '127.10.0.1', '127.8.0.2', '127.0.0.1']) {
      const answer = await present(service, json.key as string, address);
      expect([address, answer.status, answer.json.code]).toEqual([address, 401, 'token_invalid']);
      expect(await violation(service, answer)).toMatchObject({
        msg: 'SECURITY-EVENT AUTH-MIDDLEWARE VIOLATION key_address',
        threat_level: 'HIGH',
        source_ip: address,
        user_id: ada.account.id,
      });
    }
  });

  it.each([
    ['a route of another scope', 'GET', '/generations', undefined],
    ['making a key', 'POST', '/api-keys', { name: 'child', scopes: ['account:read'] }],
    ['listing keys', 'GET', '/api-keys', undefined],
    ['a route that asks for a fresh proof', 'POST', '/auth/mfa/enroll', {}],
    ['proving who it is', 'POST', '/auth/step-up', { password: 'x' }],
    ['logging its owner out', 'POST', '/auth/logout', { scope: 'all' }],
    ['changing the password', 'POST', '/auth/password-change', { current_password: 'x', new_password: 'y' }],
  ])('is refused %s without its scope, with one log line', async (_title, method, path, body) => {
    const ada = await owner();
    const { id, text } = await ada.key({ scopes: ['account:read'] });
    const answer = await service.visitor().call(`/api/v1${path}`, { method, token: text, body });
    expect([answer.status, answer.json.code]).toEqual([403, 'scope_missing']);
    expect(await violation(service, answer)).toMatchObject({
      msg: 'SECURITY-EVENT AUTHORIZATION scope missing',
      event: 'authz_fail',
      user_id: ada.account.id,
      key_id: id,
    });
    expect((await ada.list()).length).toBe(1);
  });

  it('creates, watches, lists and deletes generations of its owner with the scopes', async () => {
    const ada = await owner();
    const { text: token } = await ada.key({ scopes: ['generations:read', 'generations:write'] });
    const visitor = service.visitor();
    const accepted = await visitor.call('/api/v1/generations', {
      token,
      body: { model_id: 'velro/canvas', prompt: 'fog', parameters: { width: 256, height: 256 } },
    });
    expect(accepted.status).toBe(202);
    const path = `/api/v1/generations/${String(accepted.json.id)}`;
    expect((await visitor.events(`${path}/events`, token)).at(-1)?.event).toBe('completed');
    expect((await visitor.call('/api/v1/generations', { token })).json.data).toHaveLength(1);
    expect((await visitor.call(path, { token: ada.account.token })).json.status).toBe('completed');
    expect((await visitor.call(path, { token, method: 'DELETE' })).status).toBe(204);
  });

  it('is limited by the present role of its owner', async () => {
    const ada = await owner();
    const { id, text: token } = await ada.key();
    const visitor = service.visitor();
    const become = (role: string) =>
      ask(service.home, 'update velro.users set role = $2 where id = $1', [ada.account.id, role]);
    const codes = async () => [
      (await visitor.call('/api/v1/auth/session', { token })).json.role,
      (await visitor.call('/api/v1/generations', { token })).json.code,
      (await visitor.call('/api/v1/generations', { token, body: {} })).json.code,
    ];
    expect(await codes()).toEqual(['user', undefined, 'validation_failed']);
    await become('viewer');
    expect(await codes()).toEqual(['viewer', undefined, 'forbidden']);
    await become('admin');
    expect(await codes()).toEqual(['enrolling', 'mfa_enrolment_required', 'mfa_enrolment_required']);
    await ask(
      service.home,
      "insert into velro.mfa_factors (user_id, sealed_secret, confirmed_at, last_step) values ($1, decode(repeat('00', 48), 'hex'), now(), 1)",
      [ada.account.id],
    );
    expect(await codes()).toEqual(['admin', undefined, 'validation_failed']);
    expect((await visitor.call('/api/v1/api-keys', { token, body: {} })).json.code).toBe('scope_missing');
    await become('viewer');
    expect((await ada.remove(id)).status).toBe(204);
  });

  it('is created and rotated only after a step-up; listed and deleted with any token of its owner', async () => {
    const ada = await owner();
    const { id } = await ada.key();
    const token = ada.staleToken();
    const body = { name: 'late', scopes: allScopes };
    expect((await ada.call('', { token, body })).json.code).toBe('step_up_required');
    expect((await ada.call(`/${id}/rotate`, { token, body: {} })).json.code).toBe('step_up_required');
    expect((await ada.call('', { token })).json.data).toHaveLength(1);
    expect((await ada.call(`/${id}`, { token, method: 'DELETE' })).status).toBe(204);
  });

  it('is not found, rotated or deleted by another account', async () => {
    const [ada, eve] = [await owner(), await owner()];
    const { id, text } = await ada.key();
    expect([(await eve.rotate(id)).status, (await eve.remove(id)).status]).toEqual([404, 404]);
    expect(await eve.list()).toEqual([]);
    expect((await present(service, text)).status).toBe(200);
  });

  it('is one of at most twenty, also under concurrent requests; a revoked one does not count', async () => {
    const ada = await owner();
    for (let count = 0; count < 5; count++) await ada.key();
    const answers = await Promise.all(Array.from({ length: 20 }, () => ada.create()));
    expect(answers.filter(({ status }) => status === 201).length).toBeLessThanOrEqual(15);
    // On a busy machine some of them wait too long for their turn.
    const refusals = answers.filter(({ status }) => status !== 201).map(({ json }) => json.code as string);
    expect(refusals.filter((code) => !['api_keys_exceeded', 'busy', 'unavailable'].includes(code))).toEqual(
      [],
    );
    while ((await ada.list()).length < 20) await ada.key();
    const keys = await ada.list();
    expect(keys).toHaveLength(20);
    expect((await ada.create()).status).toBe(409);
    await ada.remove(String(keys[3]?.['id']));
    expect((await ada.create()).status).toBe(201);
    expect((await ada.create()).status).toBe(409);
    const [first] = await ada.list();
    await ask(service.home, 'update velro.api_keys set expires_at = now() where id = $1', [first?.['id']]);
    expect((await ada.create()).status).toBe(201);
  });

  it('is kept for a while after its end, but not forever', async () => {
    const ada = await owner();
    const { text } = await ada.key();
    for (const { id } of await ada.list()) await ada.remove(String(id));
    await ask(
      service.home,
      `insert into velro.api_keys (id, user_id, name, prefix, hash, scopes, expires_at, revoked_at)
       select gen_random_uuid(), $1, 'old', repeat('x', 14), sha256(gen_random_uuid()::text::bytea), '{account:read}',
         now() + interval '1 day', now() - n * interval '1 minute' from generate_series(1, 60) n`,
      [ada.account.id],
    );
    await ada.key();
    const [row] = await ask<{ count: number }>(
      service.home,
      'select count(*)::int from velro.api_keys where user_id = $1',
      [ada.account.id],
    );
    expect(row?.count).toBe(21);
    expect(await violation(service, await present(service, text))).toMatchObject({
      msg: expect.stringContaining('key_revoked'),
    });
  });

  it('never appears in the output of the service', () => {
    expect(shown.length).toBeGreaterThan(40);
    expect(shown.filter((text) => service.printed.includes(text.slice(6, 30)))).toEqual([]);
  });
});

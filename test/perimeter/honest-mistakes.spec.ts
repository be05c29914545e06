import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { KeyOwner } from '../support/accounts/api-keys.js';
import { ask } from '../support/database/database.js';
import { Service, signUp, type Account } from '../support/process/service.js';
import { sharedService } from '../support/services/shared-service.js';
import { signingSecret, withClaims } from '../support/tokens/forged-tokens.js';

const seconds = (): number => Math.floor(Date.now() / 1000);

describe('what honest clients send by mistake', () => {
  let service: Service;
  let ada: Account;
  beforeAll(async () => {
    service = await Service.start({ THREAT_RESPONSES: 'enforce' });
    ada = await signUp(service);
  });
  afterAll(async () => {
    await service.discard();
  });
  const ahead = (by: number): string =>
    withClaims(signingSecret(service.home), ada.token, {
      jti: randomUUID(),
      iat: seconds() + by,
      nbf: seconds() + by,
      exp: seconds() + by + 600,
    });

  it.each([
    ['Bearer undefined', 'unset'],
    ['Bearer ${TOKEN}', 'unset'],
    ['Bearer ', 'unset'],
    ['Bearer velro_', 'unset'],
    [`Bearer sk-${'a'.repeat(48)}`, 'other_vendor'],
    ['Basic dXNlcjpwYXNz', 'scheme'],
    ['Bearer not-a-token', 'malformed'],
    [`Bearer velro_${'A'.repeat(43)}`, 'key_unknown'],
  ])('twenty-four times %.30j is refused and blocks nobody', async (authorization, reason) => {
    const visitor = service.visitor();
    for (let round = 0; round < 24; round++) {
      const refused = await visitor.call('/api/v1/auth/me', { headers: { authorization } });
      expect([refused.status, refused.json.code]).toEqual([401, 'token_invalid']);
    }
    await service.logged();
    const lines = service.lines().filter((line) => line['source_ip'] === visitor.address);
    expect(lines.map((line) => line['reason'] ?? line['event'])).toContain(reason);
    expect(
      await ask(service.home, 'select 1 from velro.blocks where address = $1', [visitor.address]),
    ).toEqual([]);
    expect((await visitor.call('/api/v1/auth/me', { token: ada.token })).status).toBe(200);
  });

  it('a text of an API key that two rotations have retired, twenty-four times, blocks nobody', async () => {
    const owner = await KeyOwner.signUp(service, []);
    const { id, text } = await owner.key();
    await owner.rotate(id, 0);
    await owner.rotate(id, 0);
    const visitor = service.visitor();
    for (let round = 0; round < 24; round++)
      expect((await visitor.call('/api/v1/auth/me', { token: text })).json.code).toBe('token_invalid');
    expect((await visitor.call('/api/v1/auth/me', { token: ada.token })).status).toBe(200);
  });

  it.each(['bearer', 'BEARER', 'bEARER'])('the scheme is read as %s too', async (scheme) => {
    const { status } = await service.visitor().call('/api/v1/auth/me', {
      headers: { authorization: `${scheme} ${ada.token}` },
    });
    expect(status).toBe(200);
    const owner = await KeyOwner.signUp(service, []);
    const { text } = await owner.key();
    const byKey = await service
      .visitor()
      .call('/api/v1/auth/me', { headers: { authorization: `${scheme} ${text}` } });
    expect(byKey.status).toBe(200);
  });

  it.each([1, 3])('a token of a clock that is %d s ahead is accepted', async (by) => {
    expect((await service.visitor().call('/api/v1/auth/me', { token: ahead(by) })).status).toBe(200);
  });

  it('tokens of a clock that is a minute ahead are refused with an event of their own, LOW, and block nobody', async () => {
    const visitor = service.visitor();
    for (let round = 0; round < 24; round++)
      expect((await visitor.call('/api/v1/auth/me', { token: ahead(60) })).status).toBe(401);
    await service.logged();
    const [line] = service.lines().filter((one) => one['source_ip'] === visitor.address);
    expect(line).toMatchObject({ reason: 'ahead', threat_level: 'LOW', user_id: ada.id });
    expect((await visitor.call('/api/v1/auth/me', { token: ada.token })).status).toBe(200);
  });

  it.each([
    ['POST', '/api/v1/auth/logout', 204],
    ['DELETE', '/api/v1/auth/sessions/{id}', 204],
    ['POST', '/api/v1/auth/mfa/enroll', 200],
    ['POST', '/api/v1/auth/validate', 200],
  ])('a JSON content type without a body is no body: %s %s', async (method, path, wanted) => {
    const account = await signUp(service);
    const { sid } = (await account.visitor.call('/api/v1/auth/session', { token: account.token })).json as {
      sid: string;
    };
    const answer = await account.visitor.call(path.replace('{id}', sid), {
      method,
      token: account.token,
      headers: { 'content-type': 'application/json' },
    });
    expect(answer.status).toBe(wanted);
  });

  it('a route that needs a body names its fields when there is none', async () => {
    const answer = await service.visitor().call('/api/v1/auth/login', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    });
    expect([answer.status, answer.json.code]).toEqual([422, 'validation_failed']);
  });
});

describe('a token with characters that none of ours has', () => {
  let service: Service;
  beforeAll(async () => {
    service = await sharedService();
  });
  afterAll(async () => {
    await service.discard();
  });

  it.each([
    [
      'a refresh token of 64 characters that are no base64url',
      'refresh',
      'refresh_token',
      '!'.repeat(64),
      'refresh_token_invalid',
    ],
    [
      'a refresh token in another spelling',
      'refresh',
      'refresh_token',
      `${'A'.repeat(62)}+/`,
      'refresh_token_invalid',
    ],
    ['a refresh token beyond ASCII', 'refresh', 'refresh_token', 'é'.repeat(64), 'refresh_token_invalid'],
    [
      'a Supabase token beyond Latin-1',
      'exchange',
      'supabase_access_token',
      `${'a'.repeat(30)}.漢字.c`,
      'exchange_refused',
    ],
    [
      'a Supabase token with a line break',
      'exchange',
      'supabase_access_token',
      `${'a'.repeat(30)}.b\r\nx: y.c`,
      'exchange_refused',
    ],
  ])('%s is refused as such', async (_title, path, field, token, code) => {
    const answer = await service.visitor().call(`/api/v1/auth/${path}`, { body: { [field]: token } });
    expect([answer.status, answer.json.code]).toEqual([401, code]);
  });
});

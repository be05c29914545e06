import { createHmac, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rawRequest } from '../support/http/http.js';
import { Service, signUp } from '../support/process/service.js';

const encode = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

describe('an access token', () => {
  let service: Service;
  let good: string;
  let secret: string;
  let refreshToken: string;
  beforeAll(async () => {
    service = await Service.start();
    const account = await signUp(service);
    good = account.token;
    refreshToken = account.refreshToken;
    secret = (JSON.parse(readFileSync(join(service.home, 'secrets.json'), 'utf8')) as { JWT_SECRET: string })
      .JWT_SECRET;
  });
  afterAll(async () => {
    await service.discard();
  });

  const parts = (): [string, string, string] => good.split('.') as [string, string, string];
  const header = () => JSON.parse(Buffer.from(parts()[0], 'base64url').toString()) as Record<string, unknown>;
  const claims = () =>
    JSON.parse(Buffer.from(parts()[1], 'base64url').toString()) as Record<string, number & string>;
  const signed = (head: unknown, body: unknown, hash = 'sha512', key: string = secret): string => {
    const message = `${encode(head)}.${encode(body)}`;
    return `${message}.${createHmac(hash, key).update(message).digest('base64url')}`;
  };
  const withClaims = (changes: Record<string, unknown>): string =>
    signed(header(), { ...claims(), ...changes });
  const now = (): number => Math.floor(Date.now() / 1000);
  const otherSpelling = (): string => {
    // The last of 86 characters carries two bits: sixteen characters decode alike, one of them is canonical.
    const last = good.at(-1) ?? '';
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    return good.slice(0, -1) + (alphabet[alphabet.indexOf(last) + 1] ?? 'B');
  };

  it('with the right key, header and claims is accepted, so that the refusals below are not vacuous', async () => {
    expect(
      (await service.visitor().call('/api/v1/auth/session', { token: withClaims({ jti: randomUUID() }) }))
        .status,
    ).toBe(200);
    expect((await service.visitor().call('/api/v1/auth/session', { token: good })).status).toBe(200);
  });

  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const forgeries: [string, () => string][] = [
    ['of no kind at all', () => 'invalid-token'],
    ['with alg none', () => `${encode({ alg: 'none', typ: 'at+jwt' })}.${parts()[1]}.`],
    [
      'with alg None and the old signature',
      () => `${encode({ ...header(), alg: 'None' })}.${parts()[1]}.${parts()[2]}`,
    ],
    ['without a signature', () => `${parts()[0]}.${parts()[1]}.`],
    ['of two parts', () => `${parts()[0]}.${parts()[1]}`],
    ['of four parts', () => `${good}.x`],
    ['signed by HS256 with our key', () => signed({ ...header(), alg: 'HS256' }, claims(), 'sha256')],
    ['signed by HS384 with our key', () => signed({ ...header(), alg: 'HS384' }, claims(), 'sha384')],
    ['signed by HS256 under an HS512 header', () => signed(header(), claims(), 'sha256')],
    ['signed by another key', () => signed(header(), claims(), 'sha512', 'x'.repeat(96))],
    ['signed by an empty key', () => signed(header(), claims(), 'sha512', '')],
    [
      'signed by RS512',
      () => {
        const message = `${encode({ ...header(), alg: 'RS512' })}.${parts()[1]}`;
        return `${message}.${sign('sha512', Buffer.from(message), privateKey).toString('base64url')}`;
      },
    ],
    [
      'signed with a public key as the secret',
      () =>
        signed(header(), claims(), 'sha512', publicKey.export({ type: 'spki', format: 'pem' }).toString()),
    ],
    ['with another typ', () => signed({ ...header(), typ: 'JWT' }, claims())],
    ['without a typ', () => signed({ alg: 'HS512', kid: header()['kid'] }, claims())],
    ['with another kid', () => signed({ ...header(), kid: '../../dev/null' }, claims())],
    ['without a kid', () => signed({ alg: 'HS512', typ: 'at+jwt' }, claims())],
    [
      'with members of the header in another order',
      () => signed({ typ: 'at+jwt', alg: 'HS512', kid: header()['kid'] }, claims()),
    ],
    [
      'with a key in its header',
      () => signed({ ...header(), jwk: { kty: 'oct', k: encode('x') } }, claims()),
    ],
    ['with jku', () => signed({ ...header(), jku: 'http://127.0.0.1/keys' }, claims())],
    ['with crit', () => signed({ ...header(), crit: ['exp'] }, claims())],
    ['with b64 false', () => signed({ ...header(), b64: false }, claims())],
    ['with zip', () => signed({ ...header(), zip: 'DEF' }, claims())],
    ['of another audience', () => withClaims({ aud: 'other' })],
    ['of another issuer', () => withClaims({ iss: 'https://evil.example' })],
    ['that has expired', () => withClaims({ iat: now() - 2000, nbf: now() - 2000, exp: now() - 1100 })],
    ['that expired a second ago', () => withClaims({ iat: now() - 800, nbf: now() - 800, exp: now() - 1 })],
    ['that is not yet valid', () => withClaims({ nbf: now() + 120 })],
    ['that lives longer than fifteen minutes', () => withClaims({ exp: now() + 86_400 })],
    ['without an end', () => withClaims({ exp: undefined })],
    ['with its end as text', () => withClaims({ exp: String(now() + 600) })],
    ['without an id', () => withClaims({ jti: undefined })],
    ['with a list as subject', () => withClaims({ sub: [claims()['sub']] })],
    ['with SQL as session', () => withClaims({ sid: "' or 1=1--" })],
    ['with a role that does not exist', () => withClaims({ role: 'root' })],
    ['without an epoch', () => withClaims({ ver: undefined })],
    ['with a fraction as epoch', () => withClaims({ ver: 1.5 })],
    ['whose claims are a list', () => signed(header(), [])],
    ['whose claims are null', () => signed(header(), 'null')],
    ['whose claims are no JSON', () => signed(header(), '{')],
    ['in another spelling of its last character', otherSpelling],
    ['followed by =', () => `${good}=`],
    ['followed by a space', () => `${good} x`],
    [
      'in standard base64',
      () => good.replaceAll('-', '+').replaceAll('_', '/') + (/[-_]/.test(good) ? '' : '+'),
    ],
    [
      'with a changed character',
      () => `${parts()[0]}.${parts()[1]}.${parts()[2].startsWith('A') ? 'B' : 'A'}${parts()[2].slice(1)}`,
    ],
    ['that is a refresh token', () => refreshToken],
    ['of 10,000 characters', () => `${good}${'A'.repeat(10_000)}`],
  ];

  it.each(forgeries)('%s is refused with 401 and one line in the log', async (_title, forge) => {
    const answer = await service.visitor().call('/api/v1/auth/session', { token: forge() });
    expect([answer.status, answer.json.code]).toEqual([401, 'token_invalid']);
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="velro", error="invalid_token"');
    const lines = await service.linesOf(answer.json.request_id);
    expect(lines).toHaveLength(1);
    expect(lines[0]?.msg).toMatch(/^SECURITY-EVENT AUTH-MIDDLEWARE VIOLATION [a-z_]+$/);
    expect(lines[0]).toMatchObject({ response: 'refused', source_ip: expect.stringMatching(/^127\./) });
  });

  it.each([
    ['in another spelling of its last character', otherSpelling, 'spelling'],
    ['under a header that is none of ours', () => signed({ ...header(), typ: 'JWT' }, claims()), 'header'],
    ['signed by another key', () => signed(header(), claims(), 'sha512', 'x'.repeat(96)), 'signature'],
    ['of another audience', () => withClaims({ aud: 'other' }), 'claims'],
  ])('%s is logged with its exact reason', async (_title, forge, reason) => {
    const { json } = await service.visitor().call('/api/v1/auth/session', { token: forge() });
    expect((await service.linesOf(json.request_id)).map((line) => line['reason'])).toEqual([reason]);
  });

  it('is refused with 431 when it has a megabyte, before it is read to its end', async () => {
    const head = `GET /api/v1/auth/session HTTP/1.1\r\nHost: ${new URL(service.url).host}\r\nAuthorization: Bearer `;
    const answer = await rawRequest(service.url, head + 'a'.repeat(1_000_000));
    expect([answer.status, answer.json.code]).toEqual([431, 'headers_too_large']);
    expect((await service.visitor().call('/api/v1/auth/session', { token: good })).status).toBe(200);
  });

  it.each(['Basic b3BlcmF0b3I6eA==', 'bearer x.y.z', 'Bearer', 'Bearer  x.y.z', 'Token x.y.z', ''])(
    'is not found in the header %p',
    async (authorization) => {
      expect(
        (await service.visitor().call('/api/v1/auth/session', { headers: { authorization } })).status,
      ).toBe(401);
    },
  );

  it('is read from the header only', async () => {
    const visitor = service.visitor();
    for (const path of [`/api/v1/auth/session?access_token=${good}`, `/api/v1/auth/session?token=${good}`])
      expect((await visitor.call(path)).status).toBe(401);
    expect(
      (await visitor.call('/api/v1/auth/session', { headers: { cookie: `access_token=${good}` } })).status,
    ).toBe(401);
  });

  it('is accepted when signed by the key before a rotation, and new ones are signed by the new key', async () => {
    await service.kill();
    const next = Buffer.from(Array.from({ length: 96 }, () => Math.floor(Math.random() * 256))).toString(
      'base64url',
    );
    service = await Service.start({ JWT_SECRET: next, JWT_SECRET_PREVIOUS: secret }, service.home);
    expect((await service.visitor().call('/api/v1/auth/session', { token: good })).status).toBe(200);
    const fresh = await signUp(service);
    expect(fresh.token.split('.')[0]).not.toBe(good.split('.')[0]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ask } from '../support/database/database.js';
import { randomLoopback, rawRequest } from '../support/http/http.js';
import { password, signUp, type Service } from '../support/process/service.js';
import { sharedService } from '../support/services/shared-service.js';

const email = 'mallory@example.com';
const deep = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
const register = '/api/v1/auth/register';

describe('bad input gets a problem document and changes nothing', () => {
  let service: Service;
  let token: string;
  let before: readonly unknown[];
  beforeAll(async () => {
    service = await sharedService();
    token = (await signUp(service)).token;
    before = await accounts();
  });
  afterAll(async () => {
    await service.discard();
  });

  const accounts = () => ask(service.home, 'select id, email, full_name, role from velro.users order by id');

  const bodies: [string, string, number, string][] = [
    ['nothing', '', 422, 'validation_failed'],
    ['broken JSON', '{"email":', 400, 'json_invalid'],
    ['two JSON values', '{}{}', 400, 'json_invalid'],
    ['a list', '[]', 422, 'validation_failed'],
    ['a text', '"hello"', 422, 'validation_failed'],
    ['null', 'null', 422, 'validation_failed'],
    ['an unknown field', JSON.stringify({ email, password, role: 'admin' }), 422, 'validation_failed'],
    ['an e-mail that is a number', JSON.stringify({ email: 5, password }), 422, 'validation_failed'],
    [
      'an e-mail that is an object',
      JSON.stringify({ email: { $ne: null }, password }),
      422,
      'validation_failed',
    ],
    ['an e-mail that is a list', JSON.stringify({ email: [email], password }), 422, 'validation_failed'],
    [
      'an e-mail of 300 characters',
      JSON.stringify({ email: `${'a'.repeat(300)}@example.com`, password }),
      422,
      'validation_failed',
    ],
    [
      'an e-mail with a line break',
      JSON.stringify({ email: 'a@example.com\r\nBcc: b@example.com', password }),
      422,
      'validation_failed',
    ],
    [
      'a password of 14 characters',
      JSON.stringify({ email, password: 'a'.repeat(14) }),
      422,
      'validation_failed',
    ],
    ['a password of 8 emoji', JSON.stringify({ email, password: '🦦'.repeat(8) }), 422, 'validation_failed'],
    [
      'a password of 600 characters',
      JSON.stringify({ email, password: 'a'.repeat(600) }),
      422,
      'validation_failed',
    ],
    ['a name that is true', JSON.stringify({ email, password, full_name: true }), 422, 'validation_failed'],
    ['an escaped NUL', JSON.stringify({ email, password, full_name: 'a\0b' }), 400, 'json_too_complex'],
    ['a NUL in a key', JSON.stringify({ email, password, 'a\0': 1 }), 400, 'json_too_complex'],
    ['a raw NUL', `{"email":"${email}\0"}`, 400, 'json_invalid'],
    [
      '__proto__',
      `{"email":"${email}","password":"${password}","__proto__":{"admin":true}}`,
      400,
      'json_too_complex',
    ],
    ['constructor', `{"constructor":{"prototype":{"admin":true}}}`, 400, 'json_too_complex'],
    ['a list 30,000 deep', deep(30_000), 400, 'json_too_complex'],
    [
      '5,000 keys',
      JSON.stringify(Object.fromEntries(Array.from({ length: 5000 }, (_, at) => [`k${at}`, 1]))),
      400,
      'json_too_complex',
    ],
    [
      'a million keys',
      `{${Array.from({ length: 1_000_000 }, (_, at) => `"k${at}":1`).join(',')}}`,
      413,
      'body_too_large',
    ],
    ['10 MB', 'a'.repeat(10_000_000), 413, 'body_too_large'],
    ['invalid UTF-8 where JSON should be', '\u00ff\u00fe', 400, 'json_invalid'],
  ];

  it.each(bodies)('%s as a body', async (_title, raw, status, code) => {
    const answer = await service
      .visitor()
      .call(register, { method: 'POST', raw: raw.includes('\u00ff') ? Buffer.from(raw, 'latin1') : raw });
    expect([answer.status, answer.json?.code]).toEqual([status, code]);
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
  });

  const urls: [string, string, number][] = [
    ['a bad percent sign', '/api/v1/generations/%', 400],
    ['a NUL', '/api/v1/generations/%00', 404],
    ['a climb', '/api/v1/generations/..%2f..%2f..%2fetc%2fpasswd', 404],
    ['SQL as an id', "/api/v1/generations/1'%20or%201=1--", 404],
    ['an overlong id', `/api/v1/generations/${'a'.repeat(1000)}`, 414],
    ['a cursor that is none', "/api/v1/generations?cursor=1'--", 422],
    ['a limit of zero', '/api/v1/generations?limit=0', 422],
    ['a limit of a thousand', '/api/v1/generations?limit=1000', 422],
    ['a limit in letters', '/api/v1/generations?limit=ten', 422],
    ['a limit that is infinite', '/api/v1/generations?limit=1e999', 422],
    ['two limits', '/api/v1/generations?limit=1&limit=2', 400],
    ['an unknown parameter', '/api/v1/generations?admin=true', 422],
    ['a prototype as parameter', '/api/v1/generations?__proto__[x]=1', 422],
  ];

  it.each(urls)('%s in the URL', async (_title, path, status) => {
    const answer = await service.visitor().call(path, { token });
    expect([answer.status, answer.headers['content-type']]).toEqual([
      status,
      'application/problem+json; charset=utf-8',
    ]);
  });

  it.each(['/api/v1/auth/%256de', '/api/v1/auth/%256dfa', '/health;x=1', '/health%3Bx=1', '/health%2523'])(
    'a path is decoded once, and a semicolon is part of it: %s is no path',
    async (path) => {
      for (const method of ['GET', 'POST', 'OPTIONS', 'DELETE']) {
        const { status, headers } = await service.visitor().call(path, { method, token });
        expect([method, status, headers.allow]).toEqual([method, 404, undefined]);
      }
    },
  );

  it('a path that decodes to no limited one has no limit of its own', async () => {
    const visitor = service.visitor();
    for (const path of ['/api/v1/auth/register;x=1', '/api/v1/auth/%2572egister'])
      for (let hit = 0; hit < 3; hit++)
        expect([path, (await visitor.call(path, { body: {} })).status]).toEqual([path, 404]);
  });

  it.each([
    '/api/v1/auth/register',
    '/api/v1/auth/%72egister',
    '/api/v1/%61uth/register?x=1',
    '/%61pi/v1/auth/register',
  ])('%s counts as a registration, however it is spelled', async (path) => {
    const visitor = service.visitor();
    const ask = async (): Promise<number> => (await visitor.call(path, { body: { email: 'x' } })).status;
    expect([await ask(), await ask(), await ask()]).toEqual([422, 422, 429]);
  });

  it.each([
    ['with a fragment', (path: string) => `${path}#x`],
    ['in absolute form', (path: string) => `http://x${path}`],
    ['in absolute form with a query', (path: string) => `http://x${path}?y`],
  ])('a registration or a login %s counts as one', async (_title, spell) => {
    const address = randomLoopback();
    const ask = async (method: string, path: string): Promise<number> => {
      const body = '{"email":"x"}';
      const head = `${method} ${spell(path)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
      return (await rawRequest(service.url, head + body, 3000, address)).status;
    };
    const register: number[] = [];
    for (let hit = 0; hit < 3; hit++) register.push(await ask('POST', '/api/v1/auth/register'));
    expect(register.at(-1)).toBe(429);
    const login: number[] = [];
    for (let hit = 0; hit < 4; hit++) login.push(await ask('PUT', '/api/v1/auth/login'));
    expect(login.at(-1)).toBe(429);
  });

  it('a login without an account counts by address, and never refuses one with an account', async () => {
    const visitor = service.visitor();
    const login = async (body: unknown): Promise<number> =>
      (await visitor.call('/api/v1/auth/login', { body })).status;
    expect([await login({}), await login([]), await login({ email: 1 }), await login({})]).toEqual([
      422, 422, 422, 429,
    ]);
    expect(await login({ email, password })).toBe(401);
  });

  it('all of it left the accounts as they were, and caused no internal error', async () => {
    expect(before.length).toBeGreaterThan(0);
    expect(await accounts()).toEqual(before);
    expect(service.lines().filter((line) => line.msg === 'request failed')).toEqual([]);
  });
});

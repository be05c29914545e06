import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mailsTo } from '../support/accounts/outbox.js';
import { ask } from '../support/database/database.js';
import { insist } from '../support/http/insist.js';
import type { Answer } from '../support/http/http.js';
import { password, Service, signUp, type Account } from '../support/process/service.js';
import { until } from '../support/process/wait-until.js';

const next = 'seven-quiet-herons-cross-the-yard';
const madeUp = (): string => randomBytes(48).toString('base64url');

describe('a stranger', () => {
  let service: Service;
  beforeAll(async () => {
    service = await Service.start({ THREAT_RESPONSES: 'enforce' });
  });
  afterAll(async () => {
    await service.discard();
  });
  const call = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    service.visitor().call(`/api/v1/auth/${path}`, { body, headers });
  const refresh = (account: Account, token: string) =>
    account.visitor.call('/api/v1/auth/refresh', { body: { refresh_token: token } });
  const resets = (email: string): number =>
    mailsTo(service.home, email).filter(({ text }) => text.includes('token=')).length;
  const limits = ({ headers }: Answer): unknown[] =>
    Object.keys(headers)
      .filter((name) => /ratelimit|retry/.test(name))
      .sort();

  it('who asks for mails for an address neither sees nor uses up what its owner needs', async () => {
    const owner = await signUp(service);
    const signedIn = await call('login', { email: owner.email, password });
    const device = { 'x-device-token': signedIn.json.device_token as string };
    for (let mail = 0; mail < 3; mail++) await call('email-resend', { email: owner.email });
    const first = await call('password-reset', { email: owner.email });
    await until(() => resets(owner.email) === 1, 'the mail of the reset');
    const answers: Answer[] = [first];
    for (let mail = 0; mail < 6; mail++) answers.push(await call('password-reset', { email: owner.email }));
    // The answers do not show that the count of the address is used up.
    for (const answer of answers) {
      expect([answer.status, answer.json]).toEqual([202, { verification: 'sent' }]);
      expect(limits(answer)).toEqual(limits(first));
      expect(answer.headers['ratelimit']).toMatch(/r=2;/);
    }
    await until(() => resets(owner.email) === 3, 'three mails');
    await call('password-reset', { email: owner.email }, device);
    await until(() => resets(owner.email) === 4, "the mail of the owner's device");
  });

  it('who makes up refresh tokens is counted by address, signalled once for each, and takes nothing of a session', async () => {
    const owner = await signUp(service);
    const session = Buffer.from(owner.refreshToken, 'base64url').subarray(0, 16);
    const noise = () => Buffer.concat([session, randomBytes(32)]).toString('base64url');
    const thief = service.visitor();
    const statuses: number[] = [];
    for (let round = 0; round < 65; round++) {
      const token = round < 25 ? noise() : madeUp();
      statuses.push((await thief.call('/api/v1/auth/refresh', { body: { refresh_token: token } })).status);
    }
    expect([
      statuses.filter((status) => status === 401).length,
      statuses.filter((status) => status === 429).length,
    ]).toEqual([60, 5]);
    await service.logged();
    const lines = service.lines().filter((line) => line['source_ip'] === thief.address);
    expect(lines.map(({ msg }) => msg)).toContain('SECURITY-EVENT AUTH refresh token unknown');
    // A hit of the owner is given back to the address, so that many people behind one address can refresh.
    let token = owner.refreshToken;
    for (let round = 0; round < 20; round++) {
      const answer = await refresh(owner, token);
      expect(answer.status).toBe(200);
      token = answer.json.refresh_token as string;
    }
    const answer = await refresh(owner, token);
    expect([answer.status, answer.headers['ratelimit-policy']]).toEqual([429, '"auth_refresh";q=20;w=3600']);
  });

  it('at a blocked address refreshes no made-up token, while people there refresh theirs', async () => {
    const owner = await signUp(service);
    await ask(
      service.home,
      "insert into velro.blocks (id, address, attack, expires_at) values (gen_random_uuid(), $1, 'reconnaissance', now() + interval '1 hour')",
      [owner.visitor.address],
    );
    await until(async () => (await owner.visitor.call('/api/v1/models')).status === 403, 'a block');
    const refused = await refresh(owner, madeUp());
    expect([refused.status, refused.json.code]).toEqual([403, 'address_blocked']);
    expect((await refresh(owner, owner.refreshToken)).status).toBe(200);
  });

  it('who guesses at an account a hundred times closes no session of its owner', async () => {
    const owner = await signUp(service);
    // Together, for every refusal waits for its fixed time. A guess that a busy provider did not check is not counted.
    const guess = () => insist(() => call('login', { email: owner.email, password: `${password}x` }));
    const statuses: number[] = [];
    while (!statuses.includes(429))
      statuses.push(...(await Promise.all(Array.from({ length: 10 }, guess))).map(({ status }) => status));
    expect(statuses.filter((status) => status === 401)).toHaveLength(100);
    const locked = await call('login', { email: owner.email, password });
    expect([locked.status, locked.json.code]).toEqual([429, 'account_guesses_exceeded']);
    const asOwner = (path: string, body: unknown) =>
      owner.visitor.call(`/api/v1/auth/${path}`, { token: owner.token, body });
    expect((await asOwner('step-up', { password })).status).toBe(200);
    const changed = await asOwner('password-change', { current_password: password, new_password: next });
    expect(changed.status).toBe(200);
  });
});

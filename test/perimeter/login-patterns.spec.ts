import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ask } from '../support/database/database.js';
import { Service } from '../support/process/service.js';
import { until } from '../support/process/wait-until.js';

interface Row {
  readonly text: string;
  readonly event: string;
  readonly account: string | null;
  readonly source_ip: string;
  readonly suppressed: number;
}

const stuffing = 'AUTH credential stuffing from one address';
const bruteForce = 'AUTH brute force at one account';

describe('two dozen refused sign-ins', () => {
  let service: Service;
  beforeAll(async () => {
    // What is seen is told, and nothing of it is cut short by a block.
    service = await Service.start({ THREAT_RESPONSES: 'observe' });
  });
  afterAll(async () => {
    await service.discard();
  });

  const guess = (email: string, visitor = service.visitor()) =>
    visitor.call('/api/v1/auth/login', { body: { email, password: 'wrong-otter-paints-9-bridges' } });
  /** Some at a time, for every refusal waits for its fixed time. */
  const twoDozen = async (one: () => Promise<unknown>): Promise<void> => {
    for (let batch = 0; batch < 4; batch++) await Promise.all(Array.from({ length: 6 }, one));
  };
  const accountOf = async (email: string): Promise<unknown> => {
    const id = (await guess(email)).headers['x-request-id'];
    const [line] = await service.linesOf(id);
    return line?.['account'];
  };
  const rowsAbout = async (condition: string, value: unknown): Promise<Row[]> => {
    const sql = `select text, event, account, source_ip, suppressed from velro.security_events where ${condition} = $1 order by id`;
    let rows: Row[] = [];
    await until(async () => {
      rows = await ask<Row>(service.home, sql, [value]);
      return rows.some(({ text }) => text === stuffing || text === bruteForce);
    }, 'the event of the pattern');
    return rows;
  };

  it('at as many accounts from one address are credential stuffing, of one event, and each account is named', async () => {
    const visitor = service.visitor();
    await twoDozen(() => guess(`${randomUUID()}@example.com`, visitor));
    const rows = await rowsAbout('source_ip', visitor.address);
    expect(rows.filter(({ text }) => text === stuffing)).toEqual([
      {
        text: stuffing,
        event: 'malicious_attack_tool',
        account: null,
        source_ip: visitor.address,
        suppressed: 0,
      },
    ]);
    expect(rows.map(({ text }) => text)).not.toContain(bruteForce);
    const refused = rows.filter(({ text }) => text === 'AUTH sign-in refused');
    expect(new Set(refused.map(({ account }) => account)).size).toBe(refused.length);
  });

  it('at one account from as many addresses are brute force, of one event that names the account', async () => {
    const email = `${randomUUID()}@example.com`;
    await twoDozen(() => guess(email));
    const account = await accountOf(email.toUpperCase());
    expect(account).toMatch(/^[0-9a-f]{32}$/);
    const rows = await rowsAbout('account', account);
    expect(rows.filter(({ text }) => text === bruteForce)).toEqual([
      {
        text: bruteForce,
        event: 'authn_login_fail_max',
        account,
        source_ip: expect.any(String),
        suppressed: 0,
      },
    ]);
    expect(rows.map(({ text }) => text)).not.toContain(stuffing);
  });

  it('at one account from one address are brute force as well, though the limit refuses most', async () => {
    const [email, visitor] = [`${randomUUID()}@example.com`, service.visitor()];
    await twoDozen(() => guess(email, visitor));
    const rows = await rowsAbout('source_ip', visitor.address);
    expect(rows.filter(({ text }) => text === bruteForce)).toHaveLength(1);
    expect(rows.map(({ text }) => text)).not.toContain(stuffing);
  });
});

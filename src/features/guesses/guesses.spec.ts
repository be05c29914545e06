import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import type { Config } from '../../../config/config.js';
import { Secret } from '../../../config/secret.js';
import { PostgresCluster } from '../../adapters/embedded/postgres-cluster.js';
import { migrate } from '../../adapters/postgres/migrate.js';
import { PostgresDatabase } from '../../adapters/postgres/postgres-database.js';
import { SystemRandom } from '../../adapters/system/system.js';
import { Problem } from '../../errors/problem.js';
import { Log } from '../../observability/log.js';
import { SecurityEvents, type SecurityEvent } from '../../observability/security-events.js';
import { AccountKey } from './account-key.js';
import { DeviceTokens } from './device-tokens.js';
import { DevicesRepository } from './devices.repository.js';
import { GuessesPurge } from './guesses.purge.js';
import { GuessesRepository } from './guesses.repository.js';
import { GuessesService, type Reservation } from './guesses.service.js';

const config = {
  pseudonymKey: { current: new Secret(randomBytes(32).toString('hex')), previous: null },
} as Config;
const log = Log.open({ level: 'silent', format: 'json', file: null });

class Recorder extends SecurityEvents {
  readonly heard: SecurityEvent[] = [];
  override record(event: SecurityEvent): void {
    this.heard.push(event);
  }
}

describe('guesses at an account, counted in PostgreSQL', () => {
  const home = mkdtempSync(join(tmpdir(), 'velro-guesses-'));
  const databases: PostgresDatabase[] = [];
  const events = new Recorder(log);
  let cluster: PostgresCluster;
  let database: PostgresDatabase;
  let guesses: GuessesService;
  let instances: GuessesService[];
  let purge: GuessesPurge;
  beforeAll(async () => {
    cluster = await PostgresCluster.open(home);
    await migrate({ ownerUrl: new Secret(cluster.ownerUrl), appUrl: new Secret(cluster.appUrl) });
    instances = Array.from({ length: 4 }, () => start());
    [database, guesses] = [first(databases), first(instances)];
    const keys = new AccountKey(config);
    purge = new GuessesPurge(keys, new GuessesRepository(database), new DevicesRepository(database), log);
  });
  afterAll(async () => {
    await Promise.all(databases.map((one) => one.close()));
    await cluster.stop();
    rmSync(home, { recursive: true, force: true });
  });

  function start(): GuessesService {
    const own = new PostgresDatabase(new Secret(cluster.appUrl), () => undefined);
    databases.push(own);
    return new GuessesService(
      new AccountKey(config),
      new DeviceTokens(config, new SystemRandom()),
      new GuessesRepository(own),
      new DevicesRepository(own),
      events,
    );
  }
  const first = <T>(of: readonly T[]): T => {
    const [one] = of;
    if (one === undefined) throw new Error('there is none');
    return one;
  };
  const instance = (index: number): GuessesService => instances[index % instances.length] ?? guesses;
  const stranger = (): string => `${randomUUID()}@example.com`;
  const person = async (): Promise<{ id: string; email: string }> => {
    const user = { id: randomUUID(), email: stranger() };
    await database.query.insertInto('users').values(user).execute();
    return user;
  };
  const signIn = async ({ id, email }: { id: string; email: string }, token: string | null = null) => {
    const reservation = await guesses.reserve(email, token);
    return database.transaction((tx) => guesses.succeed(tx, reservation, id));
  };
  /** What `count` parallel tries on four instances come to; anything but a refusal by this limit fails the test. */
  const tries = async (email: string, token: string | null, count: number) => {
    const granted: Reservation[] = [];
    const refused: Problem[] = [];
    const one = async (index: number): Promise<void> => {
      try {
        granted.push(await instance(index).reserve(email, token));
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        refused.push(error);
      }
    };
    await Promise.all(Array.from({ length: count }, (_, index) => one(index)));
    return { granted, refused };
  };
  const settle = (reservations: readonly Reservation[], how: 'fail' | 'giveBack') =>
    Promise.all(reservations.map((reservation, index) => instance(index)[how](reservation)));
  const exhaust = async (email: string): Promise<void> => {
    await settle((await tries(email, null, 101)).granted, 'fail');
  };
  const left = async (email: string, token: string | null = null): Promise<number> => {
    const { granted } = await tries(email, token, 110);
    await settle(granted, 'giveBack');
    return granted.length;
  };
  const row = async (email: string) =>
    database.query
      .selectFrom('account_guesses')
      .select(['failures', 'pending', 'user_id'])
      .where('account', '=', new AccountKey(config).of(email))
      .executeTakeFirst();

  it.each(['known', 'unknown'] as const)(
    'grants exactly 100 of 500 parallel guesses: %s account',
    async (kind) => {
      const email = kind === 'known' ? (await person()).email : stranger();
      const { granted, refused } = await tries(email, null, 500);
      expect(granted).toHaveLength(100);
      expect(new Set(refused.map(({ code }) => code))).toEqual(new Set(['account_guesses_exceeded']));
      expect(new Set(refused.map(({ parts }) => JSON.stringify(parts)))).toEqual(
        new Set(['{"headers":{"retry-after":"3600"}}']),
      );
      await settle(granted, 'fail');
      expect((await tries(email, null, 20)).granted).toHaveLength(0);
      expect(await row(email)).toMatchObject({ failures: 100, pending: 0 });
    },
  );

  it('counts on after a restart, also what was on its way', async () => {
    const email = stranger();
    await settle((await tries(email, null, 60)).granted, 'fail');
    await tries(email, null, 40);
    await expect(start().reserve(email, null)).rejects.toMatchObject({ code: 'account_guesses_exceeded' });
  });

  it('takes another spelling of the address for the same account', async () => {
    const email = stranger();
    await exhaust(email);
    for (const spelling of [email.toUpperCase(), ` ${email} `, email.replace('@', '＠')])
      await expect(guesses.reserve(spelling, null)).rejects.toMatchObject({
        code: 'account_guesses_exceeded',
      });
  });

  it('does not hold the address of an account', async () => {
    const { email, id } = await person();
    await signIn({ id, email });
    const { rows } = await sql<{ line: string }>`
      select g::text || coalesce(d::text, '') as line from velro.account_guesses g
      left join velro.devices d on d.account = g.account`.execute(database.query);
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.map(({ line }) => line).join('\n')).not.toContain('example.com');
    expect(JSON.stringify(events.heard)).not.toContain('example.com');
  });

  it('forgets the failures at a success, and not the guesses on their way', async () => {
    const user = await person();
    await settle((await tries(user.email, null, 70)).granted, 'fail');
    const { granted } = await tries(user.email, null, 20);
    await signIn(user);
    expect(await row(user.email)).toEqual({ failures: 0, pending: 20, user_id: user.id });
    expect(await left(user.email)).toBe(80);
    await settle(granted, 'fail');
    expect(await left(user.email)).toBe(80);
  });

  it('counts a success that rolled back until it is given back', async () => {
    const user = await person();
    await settle((await tries(user.email, null, 99)).granted, 'fail');
    const reservation = await guesses.reserve(user.email, null);
    await expect(
      database.transaction(async (tx) => {
        await guesses.succeed(tx, reservation, user.id);
        throw new Error('later in the transaction');
      }),
    ).rejects.toThrow('later');
    expect(await left(user.email)).toBe(0);
    await guesses.giveBack(reservation);
    expect(await left(user.email)).toBe(1);
  });

  it('forgets the failures at a completed reset, with or without an account', async () => {
    for (const email of [stranger(), (await person()).email]) {
      await exhaust(email);
      await database.transaction((tx) => guesses.reset(tx, email));
      expect(await left(email)).toBe(100);
    }
  });

  it('is exact when guesses are taken, given back and failed at once', async () => {
    const email = stranger();
    let failed = 0;
    const worker = async (index: number): Promise<void> => {
      for (let round = 0; round < 12; round++) {
        const reservation = await instance(index).reserve(email, null);
        const fails = (index + round) % 4 === 0;
        if (fails) failed++;
        await instance(index + round)[fails ? 'fail' : 'giveBack'](reservation);
      }
    };
    await Promise.all(Array.from({ length: 20 }, (_, index) => worker(index)));
    expect(await row(email)).toMatchObject({ failures: failed, pending: 0 });
    expect(await left(email)).toBe(100 - failed);
  });

  it('purges old counts of strangers, and never that of an account, whether or not it has signed in', async () => {
    const [recent, old, never, once] = [stranger(), stranger(), await person(), await person()];
    await signIn(once);
    for (const email of [recent, old, never.email, once.email]) await exhaust(email);
    await sql`update velro.account_guesses set attempted_at = now() - interval '31 days'
      where account <> ${new AccountKey(config).of(recent)}`.execute(database.query);
    await purge.run();
    expect(await row(old)).toBeUndefined();
    for (const email of [recent, never.email, once.email]) expect(await left(email)).toBe(0);
    expect(await row(never.email)).toMatchObject({ user_id: never.id });
  });

  it('counts a guess whose process died as a failure that a success forgets', async () => {
    const user = await person();
    await tries(user.email, null, 100);
    await sql`update velro.account_guesses set attempted_at = now() - interval '6 minutes'`.execute(
      database.query,
    );
    expect(await left(user.email)).toBe(0);
    await database.transaction((tx) => guesses.reset(tx, user.email));
    expect(await left(user.email)).toBe(100);
  });

  it('says each refusal to the log once, with the rule', async () => {
    const email = stranger();
    await exhaust(email);
    events.heard.length = 0;
    await expect(guesses.reserve(email, null, { ip: '192.0.2.7', requestId: 'r' })).rejects.toThrow(Problem);
    expect(events.heard).toEqual([
      {
        event: 'excess_rate_limit_exceeded',
        level: 'MEDIUM',
        text: 'RATE-LIMITER auth_login exceeded',
        sourceIp: '192.0.2.7',
        requestId: 'r',
        response: 'refused',
        details: { rule: 'auth_login', scope: 'account', retry_after_s: 3600 },
      },
    ]);
  });
});

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

describe('devices that have signed in, in PostgreSQL', () => {
  const home = mkdtempSync(join(tmpdir(), 'velro-devices-'));
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

  it('lets a known device in while strangers have used the account up, and opens it for them by that', async () => {
    const user = await person();
    const token = await signIn(user);
    await exhaust(user.email);
    await expect(guesses.reserve(user.email, null)).rejects.toMatchObject({
      code: 'account_guesses_exceeded',
    });
    const reservation = await guesses.reserve(user.email, token);
    expect(reservation).toMatchObject({ knownDevice: true, userId: user.id });
    await expect(database.transaction((tx) => guesses.succeed(tx, reservation, user.id))).resolves.toBe(
      token,
    );
    expect(await left(user.email)).toBe(100);
  });

  it('grants a known device exactly 10 of 30 parallel guesses, and says when there is room again', async () => {
    const user = await person();
    const token = await signIn(user);
    await exhaust(user.email);
    const { granted, refused } = await tries(user.email, token, 30);
    expect(granted).toHaveLength(10);
    expect(granted.every(({ knownDevice }) => knownDevice)).toBe(true);
    for (const { code, parts } of refused) {
      expect(code).toBe('account_guesses_exceeded');
      expect(Number(parts.headers?.['retry-after'])).toBeGreaterThan(3590);
      expect(Number(parts.headers?.['retry-after'])).toBeLessThanOrEqual(3600);
    }
    await settle(granted.slice(0, 3), 'giveBack');
    await settle(granted.slice(3), 'fail');
    expect(await left(user.email, token)).toBe(3);
    expect(await row(user.email)).toMatchObject({ failures: 100 });
  });

  it('lets the window of a device slide', async () => {
    const user = await person();
    const token = await signIn(user);
    await tries(user.email, token, 10);
    await sql`update velro.devices set failed_at[1] = now() - interval '59 minutes 50 seconds',
      failed_at[2] = now() - interval '61 minutes' where user_id = ${user.id}`.execute(database.query);
    const { granted, refused } = await tries(user.email, token, 5);
    expect(granted).toHaveLength(1);
    expect(Number(refused[0]?.parts.headers?.['retry-after'])).toBeLessThanOrEqual(10);
    expect(Number(refused[0]?.parts.headers?.['retry-after'])).toBeGreaterThan(5);
  });

  it('takes nothing from a device that signs in', async () => {
    const user = await person();
    const token = await signIn(user);
    for (let count = 0; count < 15; count++) expect(await signIn(user, token)).toBe(token);
    expect(await left(user.email, token)).toBe(10);
  });

  it.each([
    ['of another account', (own: string, foreign: string) => [own, foreign][1] ?? ''],
    ['with another end', (own: string) => own.slice(0, -1) + (own.endsWith('A') ? 'B' : 'A')],
    ['with another beginning', (own: string) => (own.startsWith('A') ? 'B' : 'A') + own.slice(1)],
    ['with a space', (own: string) => `${own} `],
    ['with padding', (own: string) => `${own}==`],
    ['cut', (own: string) => own.slice(0, 63)],
    ['empty', () => ''],
    ['made up', () => randomBytes(48).toString('base64url')],
    ['huge', () => 'A'.repeat(1_000_000)],
  ])('takes a device with a token %s for unknown', async (_, forge) => {
    const [user, other] = [await person(), await person()];
    const token = forge(await signIn(user), await signIn(other));
    expect(await guesses.isKnownDevice(token, user.email)).toBe(false);
    const reservation = await guesses.reserve(user.email, token);
    expect(reservation).toMatchObject({ knownDevice: false, userId: null });
    await guesses.giveBack(reservation);
    await exhaust(user.email);
    await expect(guesses.reserve(user.email, token)).rejects.toMatchObject({
      code: 'account_guesses_exceeded',
    });
  });

  it('takes a device for unknown once its token has expired, and forgets it', async () => {
    const user = await person();
    const token = await signIn(user);
    expect(await guesses.isKnownDevice(token, user.email.toUpperCase())).toBe(true);
    await sql`update velro.devices set expires_at = now() where user_id = ${user.id}`.execute(database.query);
    expect(await guesses.isKnownDevice(token, user.email)).toBe(false);
    expect((await guesses.reserve(user.email, token)).knownDevice).toBe(false);
    await purge.run();
    await expect(devicesOf(user.id)).resolves.toHaveLength(0);
  });

  const devicesOf = (id: string) =>
    database.query
      .selectFrom('devices')
      .select(sql<number>`extract(epoch from expires_at - now())`.as('seconds'))
      .where('user_id', '=', id)
      .execute();

  it('makes a device known for 180 days from its last sign-in', async () => {
    const user = await person();
    const token = await signIn(user);
    await sql`update velro.devices set expires_at = now() + interval '1 day' where user_id = ${user.id}`.execute(
      database.query,
    );
    await signIn(user, token);
    const [device] = await devicesOf(user.id);
    expect(Math.round(Number(device?.seconds) / 86_400)).toBe(180);
  });

  it('keeps 20 devices of a user, the ones used last, also when 30 sign in at once', async () => {
    const user = await person();
    const old = await signIn(user);
    const kept = await signIn(user);
    for (let count = 0; count < 18; count++) await signIn(user);
    await signIn(user, kept);
    await signIn(user);
    expect(await guesses.isKnownDevice(old, user.email)).toBe(false);
    expect(await guesses.isKnownDevice(kept, user.email)).toBe(true);
    await Promise.all(Array.from({ length: 30 }, () => signIn(user)));
    await expect(devicesOf(user.id)).resolves.toHaveLength(20);
    expect(await guesses.isKnownDevice(await signIn(user), user.email)).toBe(true);
  });

  it('forgets the devices of one user when told to', async () => {
    const [user, other] = [await person(), await person()];
    const [token, others] = [await signIn(user), await signIn(other)];
    await database.transaction((tx) => guesses.forgetDevices(tx, user.id));
    expect(await guesses.isKnownDevice(token, user.email)).toBe(false);
    expect(await guesses.isKnownDevice(others, other.email)).toBe(true);
  });
});

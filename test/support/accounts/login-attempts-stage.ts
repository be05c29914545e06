import { noNotices } from './no-notices.js';
import { randomBytes, randomUUID } from 'node:crypto';
import type { Config } from '../../../config/config.js';
import { Secret } from '../../../config/values/secret.js';
import type { PostgresDatabase } from '../../../src/adapters/postgres/postgres-database.js';
import { SystemRandom } from '../../../src/adapters/system/system.js';
import { Problem } from '../../../src/errors/problem.js';
import { AccountKey } from '../../../src/features/accounts/login-attempts/account-key.js';
import { DeviceTokens } from '../../../src/features/accounts/login-attempts/device-tokens.js';
import { DevicesRepository } from '../../../src/features/accounts/login-attempts/devices.repository.js';
import { LoginAttemptsPurge } from '../../../src/features/accounts/login-attempts/login-attempts.purge.js';
import { LoginAttemptsRepository } from '../../../src/features/accounts/login-attempts/login-attempts.repository.js';
import {
  type AttemptContext,
  LoginAttemptsService,
  type Reservation,
} from '../../../src/features/accounts/login-attempts/login-attempts.service.js';
import { Log } from '../../../src/observability/log.js';
import { SecurityEvents, type SecurityEvent } from '../../../src/observability/security-events.js';
import { MigratedDatabase } from '../database/migrated-database.js';

export const config: Pick<Config, 'pseudonymKey'> = {
  pseudonymKey: { current: new Secret(randomBytes(32).toString('hex')), previous: null },
};
const log = Log.silent();

class Recorder extends SecurityEvents {
  readonly heard: SecurityEvent[] = [];
  override record(event: SecurityEvent): void {
    this.heard.push(event);
  }
}

/** Tries side by side: half the connections of four instances, so that none waits for one longer than its deadline. */
const lanes = 20;

/** Four instances that count guesses in one real database. */
export class LoginAttemptsStage {
  readonly events = new Recorder(log);
  readonly instances: LoginAttemptsService[] = [];
  private readonly databases: PostgresDatabase[] = [];
  private running: { migrated: MigratedDatabase; purge: LoginAttemptsPurge } | null = null;

  readonly open = async (): Promise<void> => {
    const migrated = await MigratedDatabase.start();
    for (let count = 0; count < 4; count++) this.instances.push(this.startOn(migrated));
    const repositories = [
      new LoginAttemptsRepository(this.database),
      new DevicesRepository(this.database),
    ] as const;
    this.running = { migrated, purge: new LoginAttemptsPurge(new AccountKey(config), ...repositories, log) };
  };

  readonly close = async (): Promise<void> => {
    await this.running?.migrated.stop();
  };

  get database(): PostgresDatabase {
    return first(this.databases);
  }

  get guesses(): LoginAttemptsService {
    return first(this.instances);
  }

  get purge(): LoginAttemptsPurge {
    return first(this.running === null ? [] : [this.running.purge]);
  }

  /** One more instance, as after a restart. */
  readonly start = (): LoginAttemptsService =>
    this.startOn(first(this.running === null ? [] : [this.running.migrated]));

  /** One more instance, with these keys. */
  readonly startWith = (keys: Pick<Config, 'pseudonymKey'>): LoginAttemptsService =>
    this.startOn(first(this.running === null ? [] : [this.running.migrated]), keys);

  /** Its purge. */
  readonly purgeWith = (keys: Pick<Config, 'pseudonymKey'>): LoginAttemptsPurge =>
    new LoginAttemptsPurge(
      new AccountKey(keys),
      new LoginAttemptsRepository(this.database),
      new DevicesRepository(this.database),
      log,
    );

  readonly instance = (index: number): LoginAttemptsService =>
    this.instances[index % this.instances.length] ?? this.guesses;

  readonly stranger = (): string => `${randomUUID()}@example.com`;

  readonly person = async (): Promise<{ id: string; email: string }> => {
    const user = { id: randomUUID(), email: this.stranger() };
    await this.database.query.insertInto('users').values(user).execute();
    return user;
  };

  readonly signIn = async (
    { id, email }: { id: string; email: string },
    token: string | null = null,
  ): Promise<string> => {
    const reservation = await this.guesses.reserve(email, withDevice(token));
    return this.database.transaction((tx) => this.guesses.succeed(tx, reservation, id));
  };

  /** What `count` parallel tries on four instances come to; anything but a refusal by this limit fails the test. */
  readonly tries = async (
    email: string,
    token: string | null,
    count: number,
  ): Promise<{ granted: Reservation[]; refused: Problem[] }> => {
    const granted: Reservation[] = [];
    const refused: Problem[] = [];
    const one = async (index: number): Promise<void> => {
      try {
        granted.push(await this.instance(index).reserve(email, withDevice(token)));
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        refused.push(error);
      }
    };
    let next = 0;
    const lane = async (): Promise<void> => {
      while (next < count) await one(next++);
    };
    await Promise.all(Array.from({ length: Math.min(count, lanes) }, lane));
    return { granted, refused };
  };

  readonly settle = async (reservations: readonly Reservation[], how: 'fail' | 'giveBack'): Promise<void> => {
    await Promise.all(reservations.map((reservation, index) => this.instance(index)[how](reservation)));
  };

  readonly exhaust = async (email: string): Promise<void> => {
    await this.settle((await this.tries(email, null, 101)).granted, 'fail');
  };

  readonly left = async (email: string, token: string | null = null): Promise<number> => {
    const { granted } = await this.tries(email, token, 110);
    await this.settle(granted, 'giveBack');
    return granted.length;
  };

  readonly row = async (email: string) =>
    this.database.query
      .selectFrom('account_guesses')
      .select(['failures', 'pending', 'user_id'])
      .where('account', '=', new AccountKey(config).of(email))
      .executeTakeFirst();

  private startOn(
    migrated: MigratedDatabase,
    keys: Pick<Config, 'pseudonymKey'> = config,
  ): LoginAttemptsService {
    const own = migrated.connect();
    this.databases.push(own);
    return new LoginAttemptsService(
      new AccountKey(keys),
      new DeviceTokens(keys, new SystemRandom()),
      new LoginAttemptsRepository(own),
      new DevicesRepository(own),
      noNotices,
      this.events,
    );
  }
}

/** A client that shows this device token. */
export const withDevice = (deviceToken: string | null): AttemptContext => ({
  ip: '192.0.2.7',
  requestId: 'r',
  deviceToken,
});

function first<T>(of: readonly T[]): T {
  const [one] = of;
  if (one === undefined) throw new Error('there is none');
  return one;
}

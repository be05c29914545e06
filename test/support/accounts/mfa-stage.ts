import { randomBytes, randomUUID } from 'node:crypto';
import { Global, Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CONFIG, type RotatingKey } from '../../../config/config.js';
import { Secret } from '../../../config/values/secret.js';
import type { PostgresDatabase } from '../../../src/adapters/postgres/postgres-database.js';
import { SystemRandom } from '../../../src/adapters/system/system.js';
import { FactorModule } from '../../../src/features/accounts/factor/factor.module.js';
import { MfaEnrolmentService } from '../../../src/features/accounts/second-factor/mfa-enrolment.service.js';
import { SessionTermination } from '../../../src/features/accounts/sessions/session-termination.js';
import { UsersModule } from '../../../src/features/users/users.module.js';
import { client } from './client.js';
import { codeOf, stepAt } from '../../../src/features/accounts/factor/totp.js';
import type { Caller } from '../../../src/guards/route/caller.js';
import { Log } from '../../../src/observability/log.js';
import { SecurityEvents, type SecurityEvent } from '../../../src/observability/security-events.js';
import { Clock } from '../../../src/ports/clock.js';
import { Database } from '../../../src/database/database.js';
import { PublicUrl } from '../../../src/ports/public-url.js';
import { Random } from '../../../src/ports/random.js';
import { NoticesService } from '../../../src/features/notices/notices.service.js';
import { noNotices } from './no-notices.js';
import { HandClock } from '../clock/hand-clock.js';
import { auditSettings } from '../database/audit-log.js';
import { MigratedDatabase } from '../database/migrated-database.js';
import type { Role } from '../../../config/policy/accounts/roles.js';

export const key = (): Secret => new Secret(randomBytes(32).toString('base64'));

export interface Keys {
  readonly pepper: RotatingKey;
  readonly tokens: RotatingKey;
}

/** A person with an active factor. */
export interface Enrolled {
  readonly caller: Caller;
  readonly secret: Buffer;
  readonly codes: string[];
}

/** The second factor on a PostgreSQL of its own, with a clock to set; `changes` says whose sessions would end, and which stays. */
export class MfaStage {
  readonly clock = new HandClock();
  readonly events: SecurityEvent[] = [];
  readonly changes: [string, string | null][] = [];
  readonly keys: Keys = {
    pepper: { current: key(), previous: null },
    tokens: { current: key(), previous: null },
  };
  private readonly audit = auditSettings();
  private readonly apps: INestApplicationContext[] = [];

  private constructor(
    private readonly migrated: MigratedDatabase,
    readonly database: PostgresDatabase,
  ) {}

  static async open(): Promise<MfaStage> {
    const migrated = await MigratedDatabase.start();
    return new MfaStage(migrated, migrated.connect());
  }

  asOwner(statement: string): Promise<void> {
    return this.migrated.asOwner(statement);
  }

  async close(): Promise<void> {
    for (const app of this.apps) await app.close();
    await this.migrated.stop();
  }

  /** A new instance of the module, as a restart would make it. */
  async start(keys: Keys = this.keys): Promise<INestApplicationContext> {
    const { clock, events, changes, database } = this;
    const config = {
      tokens: keys.tokens,
      passwords: { pepper: keys.pepper },
      startingCredits: 0,
      audit: this.audit,
      pseudonymKey: { current: key(), previous: null },
    };
    const termination: Pick<SessionTermination, 'endAfterChange'> = {
      endAfterChange: (caller, _client, change) =>
        database.transaction(async (tx) => {
          changes.push([caller.userId, await change(tx)]);
        }),
    };
    class Noted extends SecurityEvents {
      override record(event: SecurityEvent): void {
        events.push(event);
      }
    }
    const world = [
      { provide: CONFIG, useValue: config },
      { provide: Clock, useValue: clock },
      { provide: Random, useClass: SystemRandom },
      { provide: Database, useValue: database },
      { provide: PublicUrl, useValue: new PublicUrl('https://velro.example') },
      { provide: SecurityEvents, useValue: new Noted(Log.silent()) },
      { provide: Log, useValue: Log.silent() },
    ];
    @Global()
    @Module({ providers: world, exports: world.map(({ provide }) => provide) })
    class MfaTestModule {}
    @Module({
      imports: [MfaTestModule, FactorModule, UsersModule],
      providers: [
        MfaEnrolmentService,
        { provide: SessionTermination, useValue: termination },
        { provide: NoticesService, useValue: noNotices },
      ],
    })
    class Root {}
    const app = await NestFactory.createApplicationContext(Root, { logger: false, abortOnError: false });
    this.apps.push(app);
    return app;
  }

  async person(role: Role = 'user'): Promise<Caller> {
    const userId = randomUUID();
    await this.database.query
      .insertInto('users')
      .values({ id: userId, email: `${userId}@example.com`, role })
      .execute();
    const times = { authTime: 0, issuedAt: 0, expiresAt: 0 };
    return {
      userId,
      sessionId: randomUUID(),
      tokenId: randomUUID(),
      role,
      ver: 1,
      ...times,
      scopes: null,
      key: null,
    };
  }

  /** Enrols and activates; afterwards the clock stands two steps later, where every code is fresh. */
  async enrolled(app: INestApplicationContext, role: Role = 'user'): Promise<Enrolled> {
    const enrolment = app.get(MfaEnrolmentService);
    const caller = await this.person(role);
    const secret = fromBase32((await enrolment.enroll(caller)).secret);
    const codes = await enrolment.activate(caller, this.code(secret), client);
    this.turn(60);
    return { caller, secret, codes };
  }

  /** The code of a step, counted from the present one. */
  code(secret: Buffer, distance = 0): string {
    return codeOf(secret, stepAt(this.clock.time) + distance);
  }

  turn(seconds: number): void {
    this.clock.time += seconds * 1000;
  }
}

export function fromBase32(text: string): Buffer {
  const bits = [...text].map((letter) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'),
  );
  return Buffer.from(
    BigInt(`0b${bits.join('')}`)
      .toString(16)
      .padStart(40, '0'),
    'hex',
  );
}

/** What came of parallel calls: how often each outcome, errors by their code. */
export async function outcomes(calls: readonly Promise<unknown>[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const result of await Promise.allSettled(calls)) {
    const name = result.status === 'fulfilled' ? String(result.value) : (result.reason as Error).message;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

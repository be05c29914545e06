import { randomBytes, randomUUID } from 'node:crypto';
import { Global, Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CONFIG, type RotatingKey } from '../../../config/config.js';
import { Secret } from '../../../config/values/secret.js';
import type { PostgresDatabase } from '../../../src/adapters/postgres/postgres-database.js';
import { SystemRandom } from '../../../src/adapters/system/system.js';
import { FactorChange } from '../../../src/features/accounts/factor/factor-change.js';
import { MfaModule } from '../../../src/features/accounts/second-factor/mfa.module.js';
import { MfaService } from '../../../src/features/accounts/factor/mfa.service.js';
import { codeOf, stepAt } from '../../../src/features/accounts/factor/totp.js';
import type { Caller } from '../../../src/guards/route/caller.js';
import { Log } from '../../../src/observability/log.js';
import { SecurityEvents, type SecurityEvent } from '../../../src/observability/security-events.js';
import { Clock } from '../../../src/ports/clock.js';
import { Database, type Transaction } from '../../../src/database/database.js';
import { Random } from '../../../src/ports/random.js';
import { Revocations, type Revocation } from '../../../src/ports/revocations.js';
import { HandClock } from '../clock/hand-clock.js';
import { MigratedDatabase } from '../database/migrated-database.js';

export const origin = { ip: '192.0.2.7', requestId: randomUUID() };
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

/** The module of the second factor on a PostgreSQL of its own, with a clock to turn and somebody who notes whose sessions end. */
export class MfaStage {
  readonly clock = new HandClock();
  readonly events: SecurityEvent[] = [];
  readonly changes: [string, string | null][] = [];
  readonly applied: Revocation[] = [];
  readonly keys: Keys = {
    pepper: { current: key(), previous: null },
    tokens: { current: key(), previous: null },
  };
  private readonly apps: INestApplicationContext[] = [];

  private constructor(
    private readonly migrated: MigratedDatabase,
    readonly database: PostgresDatabase,
  ) {}

  static async open(): Promise<MfaStage> {
    const migrated = await MigratedDatabase.start();
    return new MfaStage(migrated, migrated.connect());
  }

  async close(): Promise<void> {
    for (const app of this.apps) await app.close();
    await this.migrated.stop();
  }

  /** A new instance of the module, as a restart would make it. */
  async start(keys: Keys = this.keys, { answered = true } = {}): Promise<INestApplicationContext> {
    const { clock, events, changes, applied, database } = this;
    const config = { tokens: keys.tokens, passwords: { pepper: keys.pepper }, startingCredits: 0 };
    const factorChange = {
      changed: (_tx: Transaction, userId: string, keep: string | null): Promise<Revocation[]> => {
        changes.push([userId, keep]);
        return Promise.resolve([{ kind: 'sid', subject: userId, expiresAt: new Date(clock.time) }]);
      },
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
      { provide: SecurityEvents, useValue: new Noted(Log.silent()) },
      { provide: Revocations, useValue: { applied: (dead: Revocation[]) => applied.push(...dead) } },
    ];
    @Global()
    @Module({ providers: world, exports: world.map(({ provide }) => provide) })
    class MfaTestModule {}
    // Not global and importing the other way round, as the module that keeps the sessions does.
    @Module({
      imports: [MfaTestModule, MfaModule],
      providers: answered ? [{ provide: FactorChange, useValue: factorChange }] : [],
    })
    class Root {}
    const app = await NestFactory.createApplicationContext(Root, { logger: false, abortOnError: false });
    this.apps.push(app);
    return app;
  }

  async person(role: Caller['role'] = 'user'): Promise<Caller> {
    const userId = randomUUID();
    await this.database.query
      .insertInto('users')
      .values({ id: userId, email: `${userId}@example.com`, role })
      .execute();
    const times = { authTime: 0, issuedAt: 0, expiresAt: 0 };
    return { userId, sessionId: randomUUID(), tokenId: randomUUID(), role, ver: 1, ...times, scopes: null };
  }

  /** Enrols and activates; afterwards the clock stands two steps later, where every code is fresh. */
  async enrolled(app: INestApplicationContext, role: Caller['role'] = 'user'): Promise<Enrolled> {
    const mfa = app.get(MfaService);
    const caller = await this.person(role);
    const secret = fromBase32((await mfa.enroll(caller)).secret);
    const codes = await mfa.activate(caller, this.code(secret), origin);
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

import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { accessTokenPolicy } from '../../../../config/policy/accounts/tokens.js';
import { Problem, unavailable } from '../../../errors/problem.js';
import type { Caller } from '../../../guards/route/caller.js';
import { Log } from '../../../observability/log.js';
import { SecurityEvents } from '../../../observability/security-events.js';
import { Clock } from '../../../ports/clock.js';
import { Database, type Transaction } from '../../../database/database.js';
import { Random } from '../../../ports/random.js';
import { Revocations, type Revocation } from '../../../ports/revocations.js';
import { LoginAttemptsService } from '../login-attempts/login-attempts.service.js';
import { MfaService } from '../factor/mfa.service.js';
import { UsersService, type User } from '../../users/users.service.js';
import { AccessTokens } from './access-tokens.js';
import type { LogoutScope } from '../sign-in/auth.dto.js';
import { newRefreshToken, refreshTokenHash } from './refresh-token.js';
import { RefreshTokensRepository } from './refresh-tokens.repository.js';
import { SessionsRepository, type Session } from './sessions.repository.js';

export type { Session } from './sessions.repository.js';

/** From where somebody signs in. */
export interface ClientContext {
  readonly ip: string;
  readonly device: string;
  readonly requestId: string;
  /** What a device that signed in before was given then. */
  readonly deviceToken: string | null;
}

export interface TokenPair {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly user: User;
  readonly mfaEnabled: boolean;
  /** For the device that signed in; null where nobody did. */
  readonly deviceToken: string | null;
}

export interface SessionStart {
  readonly factorProven: boolean;
  /** When the person proved who they are, in seconds since the epoch; now, when nothing else is said. */
  readonly provenAt?: number;
  /** Done in the same transaction; what it returns is the device token of the answer. */
  readonly within?: (tx: Transaction) => Promise<string>;
}

/** A revocation outlives the last token that it kills, and a clock that is a minute off. */
const revocationMs = (accessTokenPolicy.lifetimeSeconds + 60) * 1000;
const purgeEveryMs = 600_000;
const purgeBatch = 1000;

/** Kills every access token of a session; `now` in milliseconds. */
export const sessionRevocation = (sessionId: string, now: number): Revocation => ({
  kind: 'sid',
  subject: sessionId,
  expiresAt: new Date(now + revocationMs),
});

const isChangingPassword = ({ passwordChangingUntil }: User, now: number): boolean =>
  passwordChangingUntil !== null && passwordChangingUntil.getTime() > now;

/** Sessions: begun by a sign-in, shown to their owner, ended at once and everywhere. */
@Injectable()
export class SessionsService implements OnApplicationBootstrap, OnModuleDestroy {
  private purger: NodeJS.Timeout | null = null;

  constructor(
    private readonly database: Database,
    private readonly sessions: SessionsRepository,
    private readonly refreshTokens: RefreshTokensRepository,
    private readonly users: UsersService,
    private readonly mfa: MfaService,
    private readonly loginAttempts: LoginAttemptsService,
    private readonly tokens: AccessTokens,
    private readonly revocations: Revocations,
    private readonly events: SecurityEvents,
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.purger = setInterval(() => void this.purge(), purgeEveryMs);
    this.purger.unref();
  }

  onModuleDestroy(): void {
    if (this.purger !== null) clearInterval(this.purger);
  }

  /**
   * Begins a session; null, and nothing begun, when the person has a second factor that was not proven. Asked within the
   * transaction: a factor that is activated at this moment is not missed. `user` as it was when the proof was looked at.
   * @throws Problem `unavailable` when the account changed since, or a new password is on its way
   */
  async begin(
    user: User,
    client: ClientContext,
    { factorProven, provenAt, within }: SessionStart,
  ): Promise<TokenPair | null> {
    const now = Math.floor(this.clock.now() / 1000);
    const authTime = Math.min(provenAt ?? now, now);
    const id = this.random.uuid();
    const refreshToken = newRefreshToken(this.random, id);
    const device = client.device.slice(0, 400);
    let deviceToken: string | null = null;
    const ended = await this.database.transaction(async (tx) => {
      // Waits for an activation that is under way, and makes one that comes wait.
      const present = await this.users.lock(tx, user.id);
      if (
        present?.epoch !== user.epoch ||
        present.disabledAt !== null ||
        isChangingPassword(present, this.clock.now())
      )
        throw unavailable(new Error('the account is changing'), 1);
      if (!factorProven && (await this.mfa.isActive(user.id, tx))) return null;
      await this.sessions.add(tx, { id, userId: user.id, authTime, device, address: client.ip });
      await this.refreshTokens.add(tx, id, refreshTokenHash(refreshToken));
      deviceToken = (await within?.(tx)) ?? null;
      return this.revoke(tx, await this.sessions.endSurplus(tx, user.id));
    });
    if (ended === null) return null;
    this.revocations.applied(ended);
    const accessToken = this.tokens.sign(user, id, authTime, factorProven);
    return { accessToken, refreshToken, user, mfaEnabled: factorProven, deviceToken };
  }

  list(caller: Caller): Promise<Session[]> {
    return this.listOf(caller.userId);
  }

  /** The living sessions of anybody, for administrators. */
  listOf(userId: string): Promise<Session[]> {
    return this.sessions.list(userId);
  }

  async isLiving(userId: string, id: string): Promise<boolean> {
    return (await this.sessions.list(userId)).some((session) => session.id === id);
  }

  /** Ends one session of the caller, this one included. @throws Problem `not_found` */
  async endOne(caller: Caller, id: string, client: ClientContext): Promise<void> {
    const revocations = await this.database.transaction(async (tx) =>
      this.revoke(tx, await this.sessions.end(tx, caller.userId, { only: id })),
    );
    if (revocations.length === 0) throw new Problem('not_found');
    this.revocations.applied(revocations);
    this.recordEnd(caller.userId, 'one', client);
  }

  /** Ends this session, the others or all; their access tokens are dead with the answer. */
  async logout(caller: Caller, scope: LogoutScope, client: ClientContext): Promise<void> {
    const revocations = await this.database.transaction(async (tx) => {
      // As a sign-in does it: what both lock, both lock in this order.
      await this.users.lock(tx, caller.userId);
      // Who ends everything does not trust what signed in before.
      if (scope === 'all') await this.loginAttempts.forgetDevices(tx, caller.userId);
      return this.end(tx, caller, scope);
    });
    this.revocations.applied(revocations);
    this.recordEnd(caller.userId, scope, client);
  }

  /** Ends every session of a user and every token, within `tx`; pass what comes back to `Revocations.applied` after the commit. */
  async endAll(tx: Transaction, userId: string): Promise<Revocation[]> {
    await this.sessions.end(tx, userId);
    const epoch = await this.users.raiseEpoch(tx, userId);
    const revocation: Revocation = {
      kind: 'user',
      subject: userId,
      epoch,
      expiresAt: new Date(this.clock.now() + revocationMs),
    };
    await this.revocations.revoke(tx, [revocation]);
    return [revocation];
  }

  /** The same for all sessions but one. */
  async endOthers(tx: Transaction, userId: string, keepSessionId: string): Promise<Revocation[]> {
    return this.revoke(tx, await this.sessions.end(tx, userId, { except: keepSessionId }));
  }

  private async end(tx: Transaction, caller: Caller, scope: LogoutScope): Promise<Revocation[]> {
    if (scope === 'all') return this.endAll(tx, caller.userId);
    const which = scope === 'this' ? { only: caller.sessionId } : { except: caller.sessionId };
    const ended = new Set(await this.sessions.end(tx, caller.userId, which));
    // The session's row may be gone or ended already; the token in hand dies all the same.
    if (scope === 'this') ended.add(caller.sessionId);
    return this.revoke(tx, [...ended]);
  }

  private async revoke(tx: Transaction, sessionIds: readonly string[]): Promise<Revocation[]> {
    const revocations = sessionIds.map((id) => sessionRevocation(id, this.clock.now()));
    await this.revocations.revoke(tx, revocations);
    return revocations;
  }

  private recordEnd(userId: string, scope: LogoutScope | 'one', client: ClientContext): void {
    this.events.record({
      event: 'session_logout',
      level: 'LOW',
      text: `AUTH logout ${scope}`,
      sourceIp: client.ip,
      userId,
      requestId: client.requestId,
      response: 'tokens_revoked',
    });
  }

  private async purge(): Promise<void> {
    try {
      while ((await this.sessions.purge(purgeBatch)) === purgeBatch);
    } catch (cause) {
      this.log.warn('ended sessions were not purged', { cause });
    }
  }
}

import { Injectable } from '@nestjs/common';
import { accessTokenPolicy } from '../../../../config/policy/accounts/tokens.js';
import { Database, type Transaction } from '../../../database/database.js';
import { Problem } from '../../../errors/problem.js';
import type { Caller } from '../../../guards/route/caller.js';
import type { ClientContext } from '../../../network/client-context.js';
import { SecurityEvents } from '../../../observability/security-events.js';
import { Clock } from '../../../ports/clock.js';
import { Revocations, type Revocation } from '../../../ports/revocations.js';
import { UsersService } from '../../users/users.service.js';
import { refreshTokenReused, sessionsEnded } from '../accounts.events.js';
import { LoginAttemptsService } from '../login-attempts/login-attempts.service.js';
import { SessionsRepository } from './sessions.repository.js';
import type { LogoutScope } from './token-pair.js';

/** A revocation is kept until the last token it revokes has expired, plus a minute of clock skew. */
const revocationMs = (accessTokenPolicy.lifetimeSeconds + 60) * 1000;

/** Ends sessions at once and everywhere: refresh tokens stop working, access tokens are revoked. */
@Injectable()
export class SessionTermination {
  constructor(
    private readonly database: Database,
    private readonly sessions: SessionsRepository,
    private readonly users: UsersService,
    private readonly loginAttempts: LoginAttemptsService,
    private readonly revocations: Revocations,
    private readonly events: SecurityEvents,
    private readonly clock: Clock,
  ) {}

  /** Ends one session of the caller, this one included. @throws Problem `not_found` */
  async endOne(caller: Caller, id: string, client: ClientContext): Promise<void> {
    const revocations = await this.database.transaction(async (tx) =>
      this.revoke(tx, await this.sessions.end(tx, caller.userId, { only: id })),
    );
    if (revocations.length === 0) throw new Problem('not_found');
    this.revocations.applied(revocations);
    sessionsEnded(this.events, client, caller.userId, 'one');
  }

  /** Ends this session, the others or all; their access tokens are revoked before the answer. */
  async logout(caller: Caller, scope: LogoutScope, client: ClientContext): Promise<void> {
    const revocations = await this.database.transaction(async (tx) => {
      // Lock order as in a sign-in, the account first, so that the two cannot deadlock.
      await this.users.lock(tx, caller.userId);
      // A logout from all sessions also forgets the known devices: one of them may be an attacker's.
      if (scope === 'all') await this.loginAttempts.forgetDevices(tx, caller.userId);
      return this.end(tx, caller, scope);
    });
    this.revocations.applied(revocations);
    sessionsEnded(this.events, client, caller.userId, scope);
  }

  /**
   * Runs `change` and, in the same transaction, ends the sessions that began before it and forgets the known devices.
   * `change` returns the session that stays, or null for none; if it throws, everything rolls back.
   */
  async endAfterChange(caller: Caller, change: (tx: Transaction) => Promise<string | null>): Promise<void> {
    const { userId } = caller;
    const ended = await this.database.transaction(async (tx) => {
      const kept = await change(tx);
      await this.loginAttempts.forgetDevices(tx, userId);
      if (kept === null) return this.endAll(tx, userId);
      return this.revoke(tx, await this.sessions.end(tx, userId, { except: kept }));
    });
    this.revocations.applied(ended);
  }

  /** Ends every session and access token of a user within `tx`; pass the result to `applied` after the commit. */
  async endAll(tx: Transaction, userId: string): Promise<Revocation[]> {
    await this.sessions.end(tx, userId);
    const epoch = await this.users.raiseEpoch(tx, userId);
    const expiresAt = new Date(this.clock.now() + revocationMs);
    const revocation: Revocation = { kind: 'user', subject: userId, epoch, expiresAt };
    await this.revocations.revoke(tx, [revocation]);
    return [revocation];
  }

  /** As `endAll`, for one session. */
  async endSession(tx: Transaction, userId: string, id: string): Promise<Revocation[]> {
    await this.sessions.end(tx, userId, { only: id });
    return this.revoke(tx, [id]);
  }

  /** As `endAll`, for the sessions above the limit per user, the least recently used first. */
  async endSurplus(tx: Transaction, userId: string): Promise<Revocation[]> {
    return this.revoke(tx, await this.sessions.endSurplus(tx, userId));
  }

  /** A reused refresh token has ended its session within a transaction that is committed. */
  reused(ended: readonly Revocation[], userId: string, client: ClientContext): void {
    this.applied(ended);
    refreshTokenReused(this.events, client, userId);
  }

  /** Applies committed revocations on this instance before the answer is sent. */
  applied(revocations: readonly Revocation[]): void {
    this.revocations.applied(revocations);
  }

  private async end(tx: Transaction, caller: Caller, scope: LogoutScope): Promise<Revocation[]> {
    if (scope === 'all') return this.endAll(tx, caller.userId);
    const which = scope === 'this' ? { only: caller.sessionId } : { except: caller.sessionId };
    const ended = new Set(await this.sessions.end(tx, caller.userId, which));
    // The session's row may be gone or ended already; the presented token is revoked all the same.
    if (scope === 'this') ended.add(caller.sessionId);
    return this.revoke(tx, [...ended]);
  }

  private async revoke(tx: Transaction, sessionIds: readonly string[]): Promise<Revocation[]> {
    const expiresAt = new Date(this.clock.now() + revocationMs);
    const revocations = sessionIds.map((subject): Revocation => ({ kind: 'sid', subject, expiresAt }));
    await this.revocations.revoke(tx, revocations);
    return revocations;
  }
}

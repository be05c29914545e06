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
import { sessionsEnded } from '../accounts.events.js';
import { LoginAttemptsService } from '../login-attempts/login-attempts.service.js';
import { SessionsRepository } from './sessions.repository.js';
import type { LogoutScope } from './token-pair.js';

/** A revocation outlives the last token that it kills, and a clock that is a minute off. */
const revocationMs = (accessTokenPolicy.lifetimeSeconds + 60) * 1000;

/** Ends sessions at once and everywhere: no refresh any more, and every access token revoked. */
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
    sessionsEnded(this.events, client, caller.userId, scope);
  }

  /**
   * A change after which sessions that began before it may not go on, and the devices that signed in are no longer known:
   * one transaction for both. `change` returns the session that stays, or null when none does; what it throws undoes all.
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

  /**
   * Ends every session of a user and every token, within `tx`; what comes back goes to `Revocations.applied` after the
   * commit.
   */
  async endAll(tx: Transaction, userId: string): Promise<Revocation[]> {
    await this.sessions.end(tx, userId);
    const epoch = await this.users.raiseEpoch(tx, userId);
    const expiresAt = new Date(this.clock.now() + revocationMs);
    const revocation: Revocation = { kind: 'user', subject: userId, epoch, expiresAt };
    await this.revocations.revoke(tx, [revocation]);
    return [revocation];
  }

  /** The same for one session. */
  async endSession(tx: Transaction, userId: string, id: string): Promise<Revocation[]> {
    await this.sessions.end(tx, userId, { only: id });
    return this.revoke(tx, [id]);
  }

  /** The same for what a person has too many of, the least recently used first. */
  async endSurplus(tx: Transaction, userId: string): Promise<Revocation[]> {
    return this.revoke(tx, await this.sessions.endSurplus(tx, userId));
  }

  /** Makes what has been committed hold on this instance before the answer goes out. */
  applied(revocations: readonly Revocation[]): void {
    this.revocations.applied(revocations);
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
    const expiresAt = new Date(this.clock.now() + revocationMs);
    const revocations = sessionIds.map((subject): Revocation => ({ kind: 'sid', subject, expiresAt }));
    await this.revocations.revoke(tx, revocations);
    return revocations;
  }
}

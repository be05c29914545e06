import { Injectable } from '@nestjs/common';
import { accessTokenPolicy } from '../../../../config/policy/accounts/tokens.js';
import { Database, type Transaction } from '../../../database/database.js';
import { Problem } from '../../../errors/problem.js';
import type { Caller } from '../../../guards/route/caller.js';
import type { ClientContext } from '../../../network/client-context.js';
import { signInsClosed } from '../../../guards/sign-ins-closed.js';
import { SecurityEvents } from '../../../observability/security-events.js';
import { Clock } from '../../../ports/clock.js';
import { Revocations, type Revocation } from '../../../ports/revocations.js';
import { AuditTrail, type AppendedEntry } from '../../audit/audit-trail.service.js';
import { UsersService } from '../../users/users.service.js';
import { refreshTokenReused, sessionsEnded } from '../accounts.events.js';
import { LoginAttemptsService } from '../login-attempts/login-attempts.service.js';
import { SessionsRepository } from './sessions.repository.js';
import type { LogoutScope } from './token-pair.js';

/** A revocation is kept until the last token it revokes has expired, plus a minute of clock skew. */
const revocationMs = (accessTokenPolicy.lifetimeSeconds + 60) * 1000;

/** Why sessions end, for the audit log. */
export interface SessionEnd {
  readonly cause:
    | 'signed_out'
    | 'ended_by_owner'
    | 'ended_by_administrator'
    | 'changed'
    | 'proven'
    | 'surplus'
    | 'reused'
    | 'gone'
    | 'erased';
  /** Whose request it is; null for the service itself. */
  readonly client: ClientContext | null;
}

/** Ends sessions at once and everywhere: refresh tokens stop working, access tokens are revoked. */
@Injectable()
export class SessionTermination {
  constructor(
    private readonly database: Database,
    private readonly sessions: SessionsRepository,
    private readonly users: UsersService,
    private readonly loginAttempts: LoginAttemptsService,
    private readonly revocations: Revocations,
    private readonly audit: AuditTrail,
    private readonly events: SecurityEvents,
    private readonly clock: Clock,
  ) {}

  /** Ends one session of the caller, this one included. @throws Problem `not_found` */
  async endOne(caller: Caller, id: string, client: ClientContext): Promise<void> {
    const revocations = await this.database.transaction(async (tx) =>
      this.revoke(tx, await this.endOf(tx, caller.userId, { cause: 'ended_by_owner', client }, { only: id })),
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
      return this.end(tx, caller, scope, client);
    });
    this.revocations.applied(revocations);
    sessionsEnded(this.events, client, caller.userId, scope);
  }

  /**
   * Runs `change` and, in the same transaction, ends the sessions that began before it and forgets the known devices.
   * `change` returns the session that stays, or null for none; if it throws, everything rolls back.
   */
  async endAfterChange(
    caller: Caller,
    client: ClientContext,
    change: (tx: Transaction) => Promise<string | null>,
  ): Promise<void> {
    const why = { cause: 'changed', client } as const;
    const { userId } = caller;
    const ended = await this.database.transaction(async (tx) => {
      const kept = await change(tx);
      await this.loginAttempts.forgetDevices(tx, userId);
      if (kept === null) return this.endAll(tx, userId, why);
      return this.revoke(tx, await this.endOf(tx, userId, why, { except: kept }));
    });
    this.revocations.applied(ended);
  }

  /** Ends every session and access token of a user within `tx`; pass the result to `applied` after the commit. */
  async endAll(tx: Transaction, userId: string, why: SessionEnd): Promise<Revocation[]> {
    // Of both statements: an account that has no session left has tokens.
    const audited = await this.entryOf(tx, userId, why);
    await this.sessions.end(tx, userId, audited);
    const epoch = await this.users.raiseEpoch(tx, userId, audited);
    const expiresAt = new Date(this.clock.now() + revocationMs);
    const revocation: Revocation = { kind: 'user', subject: userId, epoch, expiresAt };
    await this.revocations.revoke(tx, [revocation]);
    return [revocation];
  }

  /** As `endAll`, for one session. */
  async endSession(tx: Transaction, userId: string, id: string, why: SessionEnd): Promise<Revocation[]> {
    await this.endOf(tx, userId, why, { only: id });
    return this.revoke(tx, [id]);
  }

  /** As `endAll`, for the sessions above the limit per user, the least recently used first. */
  async endSurplus(tx: Transaction, userId: string, client: ClientContext): Promise<Revocation[]> {
    const audited = await this.entryOf(tx, userId, { cause: 'surplus', client });
    return this.revoke(tx, await this.sessions.endSurplus(tx, userId, audited));
  }

  /** A reused refresh token has ended its session within a transaction that is committed. */
  reused(ended: readonly Revocation[], userId: string, client: ClientContext): void {
    this.applied(ended);
    refreshTokenReused(this.events, client, userId);
  }

  /** Sign-ins stay open until `tx` ends: closing them waits for it. @throws Problem `sign_ins_closed` */
  async assertOpen(tx: Transaction): Promise<void> {
    if (await this.revocations.areSignInsClosed(tx)) throw signInsClosed();
  }

  /** Applies committed revocations on this instance before the answer is sent. */
  applied(revocations: readonly Revocation[]): void {
    this.revocations.applied(revocations);
  }

  private async end(
    tx: Transaction,
    caller: Caller,
    scope: LogoutScope,
    client: ClientContext,
  ): Promise<Revocation[]> {
    const why = { cause: 'signed_out', client } as const;
    if (scope === 'all') return this.endAll(tx, caller.userId, why);
    const which = scope === 'this' ? { only: caller.sessionId } : { except: caller.sessionId };
    const ended = new Set(await this.endOf(tx, caller.userId, why, which));
    // The session's row may be gone or ended already; the presented token is revoked all the same.
    if (scope === 'this') ended.add(caller.sessionId);
    return this.revoke(tx, [...ended]);
  }

  private async endOf(
    tx: Transaction,
    userId: string,
    why: SessionEnd,
    which: { readonly only?: string; readonly except?: string },
  ): Promise<string[]> {
    return this.sessions.end(tx, userId, await this.entryOf(tx, userId, why, which), which);
  }

  private entryOf(
    tx: Transaction,
    userId: string,
    { cause, client }: SessionEnd,
    which: { readonly only?: string; readonly except?: string } = {},
  ): Promise<AppendedEntry> {
    const details = { cause, ...which };
    return this.audit.entry(tx, { action: 'user.sessions_ended', subjectId: userId, details }, client);
  }

  private async revoke(tx: Transaction, sessionIds: readonly string[]): Promise<Revocation[]> {
    const expiresAt = new Date(this.clock.now() + revocationMs);
    const revocations = sessionIds.map((subject): Revocation => ({ kind: 'sid', subject, expiresAt }));
    await this.revocations.revoke(tx, revocations);
    return revocations;
  }
}

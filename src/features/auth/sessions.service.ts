import { Injectable } from '@nestjs/common';
import { accessTokenPolicy } from '../../../config/policy/tokens.js';
import { Problem } from '../../errors/problem.js';
import type { Caller } from '../../guards/caller.js';
import { SecurityEvents } from '../../observability/security-events.js';
import { Clock } from '../../ports/clock.js';
import { Database, type Transaction } from '../../ports/database.js';
import { Random } from '../../ports/random.js';
import { Revocations, type Revocation } from '../../ports/revocations.js';
import { UsersService, type User } from '../users/users.service.js';
import { AccessTokens } from './access-tokens.js';
import type { LogoutScope } from './auth.dto.js';
import { newRefreshToken, refreshTokenHash } from './refresh-token.js';
import { SessionsRepository } from './sessions.repository.js';

/** From where somebody signs in. */
export interface Visitor {
  readonly ip: string;
  readonly device: string;
  readonly requestId: string;
}

export interface TokenPair {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly user: User;
}

/** A revocation outlives the last token that it kills, and a clock that is a minute off. */
const revocationSeconds = accessTokenPolicy.lifetimeSeconds + 60;

/** Sessions: begun by a sign-in, kept by refresh tokens, ended at once and everywhere. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly database: Database,
    private readonly sessions: SessionsRepository,
    private readonly users: UsersService,
    private readonly tokens: AccessTokens,
    private readonly revocations: Revocations,
    private readonly events: SecurityEvents,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  async begin(user: User, visitor: Visitor): Promise<TokenPair> {
    const id = this.random.uuid();
    const refreshToken = newRefreshToken(this.random, id);
    const device = visitor.device.slice(0, 400);
    await this.database.transaction((tx) =>
      this.sessions.add(
        tx,
        { id, userId: user.id, device, address: visitor.ip },
        refreshTokenHash(refreshToken),
      ),
    );
    return {
      accessToken: this.tokens.sign(user, id, Math.floor(this.clock.now() / 1000)),
      refreshToken,
      user,
    };
  }

  /**
   * Trades a refresh token for the next pair. A token that comes a second time ends its session (RFC 9700, 4.14.2).
   * @throws Problem `refresh_token_invalid`
   */
  async refresh(token: string, visitor: Visitor): Promise<TokenPair> {
    const outcome = await this.database.transaction(async (tx) => {
      const sessionId = await this.sessions.useRefreshToken(tx, refreshTokenHash(token));
      if (sessionId === null) return { reused: await this.endReused(tx, token), session: undefined };
      const session = await this.sessions.renew(tx, sessionId);
      const user = session === null ? null : await this.users.find(session.userId, tx);
      if (session === null || user?.disabledAt !== null) return { reused: null, session: undefined };
      const next = newRefreshToken(this.random, sessionId);
      await this.sessions.addRefreshToken(tx, sessionId, refreshTokenHash(next));
      return { user, session, next };
    });
    if (outcome.session !== undefined) {
      const authTime = Math.floor(outcome.session.authTime.getTime() / 1000);
      return {
        accessToken: this.tokens.sign(outcome.user, outcome.session.id, authTime),
        refreshToken: outcome.next,
        user: outcome.user,
      };
    }
    if (outcome.reused !== null) {
      this.revocations.applied(outcome.reused.revocations);
      const { userId } = outcome.reused;
      this.record(
        'authn_token_reuse',
        'HIGH',
        'refresh token reused, session ended',
        'session_ended',
        userId,
        visitor,
      );
    }
    throw new Problem('refresh_token_invalid');
  }

  /** Ends this session, the others or all; their access tokens are dead with the answer. */
  async logout(caller: Caller, scope: LogoutScope, visitor: Visitor): Promise<void> {
    const revocations = await this.database.transaction(async (tx) => {
      const dead = await this.ending(tx, caller, scope);
      await this.revocations.revoke(tx, dead);
      return dead;
    });
    this.revocations.applied(revocations);
    this.record('session_logout', 'LOW', `AUTH logout ${scope}`, 'tokens_revoked', caller.userId, visitor);
  }

  private async ending(tx: Transaction, caller: Caller, scope: LogoutScope): Promise<Revocation[]> {
    const expiresAt = this.revocationEnd();
    if (scope === 'all') {
      await this.sessions.end(tx, caller.userId);
      return [
        {
          kind: 'user',
          subject: caller.userId,
          epoch: await this.users.raiseEpoch(tx, caller.userId),
          expiresAt,
        },
      ];
    }
    const which = scope === 'this' ? { only: caller.sessionId } : { except: caller.sessionId };
    const ended = await this.sessions.end(tx, caller.userId, which);
    // The session's row may be gone or ended already; the token in hand dies all the same.
    const subjects = scope === 'this' ? new Set([...ended, caller.sessionId]) : new Set(ended);
    return [...subjects].map((subject) => ({ kind: 'sid', subject, expiresAt }));
  }

  private async endReused(
    tx: Transaction,
    token: string,
  ): Promise<{ userId: string; revocations: Revocation[] } | null> {
    const owner = await this.sessions.ownerOfUsedToken(tx, refreshTokenHash(token));
    if (owner === null) return null;
    await this.sessions.end(tx, owner.userId, { only: owner.sessionId });
    const revocations: Revocation[] = [
      { kind: 'sid', subject: owner.sessionId, expiresAt: this.revocationEnd() },
    ];
    await this.revocations.revoke(tx, revocations);
    return { userId: owner.userId, revocations };
  }

  private revocationEnd(): Date {
    return new Date(this.clock.now() + revocationSeconds * 1000);
  }

  private record(
    event: 'authn_token_reuse' | 'session_logout',
    level: 'LOW' | 'HIGH',
    text: string,
    response: string,
    userId: string,
    visitor: Visitor,
  ): void {
    this.events.record({
      event,
      level,
      text,
      sourceIp: visitor.ip,
      userId,
      requestId: visitor.requestId,
      response,
    });
  }
}

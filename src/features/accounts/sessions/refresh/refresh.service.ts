import { Injectable } from '@nestjs/common';
import { Problem } from '../../../../errors/problem.js';
import { Database, type Transaction } from '../../../../database/database.js';
import type { Revocation } from '../../../../ports/revocations.js';
import { IdentityPresence } from '../../credentials/identity-presence.js';
import { MfaService } from '../../factor/mfa.service.js';
import { UsersService, type User } from '../../../users/users.service.js';
import { AccessTokens } from '../access-tokens.js';
import { openSuccessor, sessionOf } from './refresh-token.js';
import { RefreshTokensRepository } from './refresh-tokens.repository.js';
import { SessionsRepository, type Session } from '../sessions.repository.js';
import { SessionTermination } from '../session-termination.js';
import type { TokenPair } from '../token-pair.js';
import type { ClientContext } from '../../../../network/client-context.js';

type Outcome =
  | { readonly kind: 'refused' }
  | { readonly kind: 'reused'; readonly session: Session; readonly ended: readonly Revocation[] }
  | {
      readonly kind: 'granted';
      readonly session: Session;
      readonly user: User;
      readonly token: string;
      /** The id of the access token that goes with it. */
      readonly accessId: string;
      readonly repeated: boolean;
    };

const refused: Outcome = { kind: 'refused' };

/**
 * Refresh token rotation (RFC 9700, 4.14.2) that tolerates retries. A token is exchanged once; presented again, it
 * returns the same successor while that is unused (the answer was lost) and for ten seconds after its first use (two
 * tabs). Reuse after that means a stolen token: the session ends.
 */
@Injectable()
export class RefreshService {
  constructor(
    private readonly database: Database,
    private readonly sessions: SessionsRepository,
    private readonly refreshTokens: RefreshTokensRepository,
    private readonly users: UsersService,
    private readonly mfa: MfaService,
    private readonly accessTokens: AccessTokens,
    private readonly termination: SessionTermination,
    private readonly presence: IdentityPresence,
  ) {}

  /**
   * `repeated`: the same successor was returned before, so this request consumed nothing.
   * @throws Problem `sign_ins_closed`, `refresh_token_invalid`; `unavailable` when the identity provider has not shown the account for a day
   */
  async refresh(token: string, client: ClientContext): Promise<TokenPair & { readonly repeated: boolean }> {
    const issuedAt = this.accessTokens.now();
    const outcome = await this.database.transaction((tx) => this.exchange(tx, token, client));
    if (outcome.kind === 'granted') {
      const { session, repeated } = outcome;
      const user = await this.presence.of(outcome.user, client.ip);
      if (user === null) throw new Problem('refresh_token_invalid');
      const mfaEnabled = await this.mfa.isActive(user.id);
      const accessToken = this.accessTokens.sign({
        user,
        sessionId: session.id,
        authTime: Math.floor(session.authTime.getTime() / 1000),
        issuedAt,
        mfaEnabled,
        tokenId: outcome.accessId,
      });
      return { accessToken, refreshToken: outcome.token, user, mfaEnabled, deviceToken: null, repeated };
    }
    if (outcome.kind === 'reused') {
      this.termination.reused(outcome.ended, outcome.session.userId, client);
    }
    throw new Problem('refresh_token_invalid');
  }

  private async exchange(tx: Transaction, token: string, client: ClientContext): Promise<Outcome> {
    await this.termination.assertOpen(tx);
    const session = await this.sessions.lock(tx, sessionOf(token));
    if (session === null) return refused;
    const stored = await this.refreshTokens.find(tx, session.id, token);
    if (stored === null) return refused;
    if (!stored.mayAskAgain) return this.endReused(tx, session, client);
    const user = await this.users.find(session.userId, tx);
    if (user?.disabledAt !== null) return refused;
    const { sealedSuccessor } = stored;
    const repeated = sealedSuccessor !== null;
    const successor = repeated
      ? openSuccessor(token, sealedSuccessor)
      : await this.refreshTokens.exchange(tx, session.id, token);
    const accessId = await this.refreshTokens.accessIdOf(tx, successor);
    if (!repeated) await this.sessions.touch(tx, session.id, client.ip);
    return { kind: 'granted', session, user, token: successor, accessId, repeated };
  }

  private async endReused(tx: Transaction, session: Session, client: ClientContext): Promise<Outcome> {
    const why = { cause: 'reused', client } as const;
    const ended = await this.termination.endSession(tx, session.userId, session.id, why);
    return { kind: 'reused', session, ended };
  }
}

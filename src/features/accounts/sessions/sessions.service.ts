import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '../../../database/database.js';
import { unavailable } from '../../../errors/problem.js';
import type { Caller } from '../../../guards/route/caller.js';
import type { ClientContext } from '../../../network/client-context.js';
import { Clock } from '../../../ports/clock.js';
import { UsersService, type User } from '../../users/users.service.js';
import { MfaService } from '../factor/mfa.service.js';
import { AccessTokens } from './access-tokens.js';
import { RefreshTokensRepository } from './refresh/refresh-tokens.repository.js';
import { SessionTermination } from './session-termination.js';
import { SessionsRepository, type Session } from './sessions.repository.js';
import type { TokenPair } from './token-pair.js';

export type { Session } from './sessions.repository.js';

export interface SessionStart {
  readonly factorProven: boolean;
  /** Time of the authentication in seconds since the epoch; by default now. */
  readonly provenAt?: number;
  /** Runs in the same transaction; returns the device token of the answer. */
  readonly within?: (tx: Transaction) => Promise<string>;
}

/** Characters of a User-Agent that are kept. */
const deviceCharacters = 400;

const isChangingPassword = ({ passwordChangingUntil }: User, now: number): boolean =>
  passwordChangingUntil !== null && passwordChangingUntil.getTime() > now;

/** Sessions: begun by a sign-in and shown to their owner. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly database: Database,
    private readonly sessions: SessionsRepository,
    private readonly refreshTokens: RefreshTokensRepository,
    private readonly users: UsersService,
    private readonly mfa: MfaService,
    private readonly accessTokens: AccessTokens,
    private readonly termination: SessionTermination,
    private readonly clock: Clock,
  ) {}

  /**
   * Begins a session; null when the account has a second factor that was not proven. Checked within the transaction, so
   * that a concurrent activation is not missed. `user`: as read before the proof was verified.
   * @throws Problem `sign_ins_closed`; `unavailable` when the account changed since, or a password change is under way
   */
  async begin(
    user: User,
    client: ClientContext,
    { factorProven, provenAt, within }: SessionStart,
  ): Promise<TokenPair | null> {
    const issuedAt = this.accessTokens.now();
    const authTime = Math.min(provenAt ?? issuedAt, issuedAt);
    const begun = await this.database.transaction(async (tx) => {
      await this.termination.assertOpen(tx);
      // Serialises with an activation of a factor.
      const present = await this.users.lock(tx, user.id);
      if (
        present?.epoch !== user.epoch ||
        present.disabledAt !== null ||
        isChangingPassword(present, this.clock.now())
      )
        throw unavailable(new Error('the account is changing'), 1);
      if (!factorProven && (await this.mfa.isActive(user.id, tx))) return null;
      const device = client.device.slice(0, deviceCharacters);
      const id = await this.sessions.add(
        tx,
        { userId: user.id, authTime, device, address: client.ip, factorProven },
        client,
      );
      const refreshToken = await this.refreshTokens.issue(tx, id);
      const deviceToken = (await within?.(tx)) ?? null;
      return { id, refreshToken, deviceToken, ended: await this.termination.endSurplus(tx, user.id, client) };
    });
    if (begun === null) return null;
    const { id, refreshToken, deviceToken, ended } = begun;
    this.termination.applied(ended);
    const accessToken = this.accessTokens.sign({
      user,
      sessionId: id,
      authTime,
      issuedAt,
      mfaEnabled: factorProven,
    });
    return { accessToken, refreshToken, user, mfaEnabled: factorProven, deviceToken };
  }

  list(caller: Caller): Promise<Session[]> {
    return this.sessions.list(caller.userId);
  }

  /** The living sessions of any user, for administrators. */
  listOf(userId: string): Promise<Session[]> {
    return this.sessions.list(userId);
  }

  /** Whether the calling session has not ended. */
  async isLiving(caller: Caller): Promise<boolean> {
    return (await this.sessions.list(caller.userId)).some(({ id }) => id === caller.sessionId);
  }
}

import { Injectable } from '@nestjs/common';
import { Problem } from '../../errors/problem.js';
import type { Caller } from '../../guards/caller.js';
import { SecurityEvents } from '../../observability/security-events.js';
import { Database, type Transaction } from '../../ports/database.js';
import { IdentityProvider } from '../../ports/identity-provider.js';
import { Revocations } from '../../ports/revocations.js';
import { GuessesService } from '../guesses/guesses.service.js';
import { MfaService } from '../mfa/mfa.service.js';
import { PasswordRules } from '../passwords/password-rules.js';
import { UsersService } from '../users/users.service.js';
import { Afterwards } from './afterwards.js';
import { PasswordPepper } from './password-pepper.js';
import { CountedGuesses } from './counted-guesses.js';
import { requireGood } from './require-good.js';
import { reach } from './reach.js';
import { SessionsService, type TokenPair, type Visitor } from './sessions.service.js';

/** Passwords that are forgotten or changed, and addresses that are confirmed. */
@Injectable()
export class PasswordsService {
  constructor(
    private readonly database: Database,
    private readonly identities: IdentityProvider,
    private readonly pepper: PasswordPepper,
    private readonly users: UsersService,
    private readonly mfa: MfaService,
    private readonly sessions: SessionsService,
    private readonly revocations: Revocations,
    private readonly events: SecurityEvents,
    private readonly afterwards: Afterwards,
    private readonly guesses: CountedGuesses,
    private readonly guessing: GuessesService,
    private readonly rules: PasswordRules,
  ) {}

  /** The same answer at the same time, whether there is such an account or not. */
  async requestReset(email: string, visitor: Visitor): Promise<void> {
    await this.afterwards.answerThen(() => this.identities.requestReset(email, visitor.ip));
  }

  /** The same. */
  async resendConfirmation(email: string, visitor: Visitor): Promise<void> {
    await this.afterwards.answerThen(() => this.identities.resendConfirmation(email, visitor.ip));
  }

  /** @throws Problem `link_used` */
  async confirmEmail(token: string, visitor: Visitor): Promise<void> {
    const confirmed = await reach(this.identities.confirmEmail(token, visitor.ip));
    if (confirmed.outcome === 'refused') throw new Problem('link_used');
  }

  /**
   * Sets a new password by a mail's link and ends every session: whoever had the old one is out. A second factor is
   * asked for at the next sign-in as ever.
   * @throws Problem `link_used`, `validation_failed`
   */
  async confirmReset(token: string, password: string, visitor: Visitor): Promise<void> {
    requireGood(
      await this.rules.judge(password, {
        email: null,
        fullName: null,
        mfaActive: false,
        field: 'new_password',
      }),
    );
    const reset = await reach(this.identities.confirmReset(token, this.pepper.hash(password), visitor.ip));
    if (reset.outcome === 'refused') throw new Problem('link_used');
    const { id, email } = reset.identity;
    await this.endEverything(id, visitor, 'AUTH password reset', (tx) => this.guessing.reset(tx, email));
  }

  /** Returns a new pair: the change ended this session too. @throws Problem `credentials_invalid`, `validation_failed` */
  async change(caller: Caller, present: string, next: string, visitor: Visitor): Promise<TokenPair> {
    const user = await this.users.find(caller.userId);
    if (user === null) throw new Problem('token_invalid');
    const mfaActive = await this.mfa.isActive(user.id);
    requireGood(
      await this.rules.judge(next, {
        email: user.email,
        fullName: user.fullName,
        mfaActive,
        field: 'new_password',
      }),
    );
    await this.guesses.count(user.email, visitor, async (guess) => {
      const [from, to] = [this.pepper.hash(present), this.pepper.hash(next)];
      const changed = await reach(this.identities.changePassword(user.email, from, to, visitor.ip));
      if (changed.outcome === 'refused') throw new Problem('credentials_invalid');
      await guess.forget();
    });
    await this.endEverything(user.id, visitor, 'AUTH password changed');
    const renewed = await this.users.find(user.id);
    if (renewed === null) throw new Problem('token_invalid');
    // The session that asks was begun with the factor, where there is one.
    const pair = await this.sessions.begin(renewed, visitor, {
      factorProven: await this.mfa.isActive(renewed.id),
    });
    if (pair === null) throw new Problem('token_invalid');
    return pair;
  }

  /** `alongside` happens in the same transaction. */
  private async endEverything(
    userId: string,
    visitor: Visitor,
    text: string,
    alongside?: (tx: Transaction) => Promise<void>,
  ): Promise<void> {
    const ended = await this.database.transaction(async (tx) => {
      await alongside?.(tx);
      // An identity whose account was never made has no sessions.
      return (await this.users.find(userId, tx)) === null ? [] : this.sessions.endAll(tx, userId);
    });
    this.revocations.applied(ended);
    this.events.record({
      event: 'authn_password_change',
      level: 'LOW',
      text,
      sourceIp: visitor.ip,
      userId,
      requestId: visitor.requestId,
      response: 'sessions_ended',
    });
  }
}

import { Injectable } from '@nestjs/common';
import { Problem } from '../../../errors/problem.js';
import type { Caller } from '../../../guards/route/caller.js';
import { SecurityEvents } from '../../../observability/security-events.js';
import { IdentityProvider } from '../../../ports/identity-provider.js';
import { GuessesService } from '../login-attempts/guesses.service.js';
import { MfaService } from '../factor/mfa.service.js';
import { PasswordRules } from '../credentials/password-rules.js';
import { UsersService } from '../../users/users.service.js';
import { Afterwards } from '../credentials/afterwards.js';
import { PasswordChanges } from '../credentials/password-changes.js';
import { PasswordCheck } from '../credentials/password-check.js';
import { PasswordPepper } from '../credentials/password-pepper.js';
import { CountedGuesses } from '../login-attempts/counted-guesses.js';
import { requireGood } from '../credentials/require-good.js';
import { reach } from '../credentials/reach.js';
import { SessionsService, type TokenPair, type Visitor } from '../sessions/sessions.service.js';

/** Passwords that are forgotten or changed, and addresses that are confirmed. */
@Injectable()
export class PasswordsService {
  constructor(
    private readonly identities: IdentityProvider,
    private readonly pepper: PasswordPepper,
    private readonly passwords: PasswordCheck,
    private readonly changes: PasswordChanges,
    private readonly users: UsersService,
    private readonly mfa: MfaService,
    private readonly sessions: SessionsService,
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
   * asked for at the next sign-in as ever. A password that would do with a second factor alone spends the link where
   * there is none: whose it is, is known only once it has been followed.
   * @throws Problem `link_used`, `validation_failed`
   */
  async confirmReset(token: string, password: string, visitor: Visitor): Promise<void> {
    const about = { email: null, fullName: null, field: 'new_password' };
    requireGood(await this.rules.judge(password, { ...about, mfaActive: true }));
    const shortFaults = await this.rules.judge(password, { ...about, mfaActive: false });
    const hash = this.pepper.hash(password);
    const reset = await this.changes.run(
      (onceProven) =>
        this.identities.confirmReset(token, hash, visitor.ip, async (identity) => {
          if (shortFaults.length > 0 && !(await this.mfa.isActive(identity.id))) requireGood(shortFaults);
          await onceProven(identity);
        }),
      {
        endsSessions: true,
        done: async (tx, { id, email }) => {
          await this.guessing.reset(tx, email);
          await this.guessing.forgetDevices(tx, id);
          await this.mfa.forgetAttempts(tx, id);
        },
      },
    );
    if (reset.outcome === 'refused') throw new Problem('link_used');
    this.record(reset.identity.id, visitor, 'AUTH password reset');
  }

  /**
   * Returns a new pair: the change ended this session too. It proves no second factor, so where there is one the new
   * session is no fresher than the one that asks.
   * @throws Problem `credentials_invalid`, `validation_failed`, `unavailable`
   */
  async change(caller: Caller, present: string, next: string, visitor: Visitor): Promise<TokenPair> {
    const user = await this.users.find(caller.userId);
    if (user?.epoch !== caller.ver) throw new Problem('token_invalid');
    const { email, fullName } = user;
    const mfaActive = await this.mfa.isActive(user.id);
    requireGood(await this.rules.judge(next, { email, fullName, mfaActive, field: 'new_password' }));
    await this.guesses.count(email, visitor, async (guess) => {
      const [from, to] = [this.pepper.hash(present), this.pepper.hash(next)];
      const right = await this.passwords.check(email, present, visitor.ip);
      const changed =
        right.outcome === 'refused'
          ? right
          : await this.changes.run(
              (onceProven) => this.identities.changePassword(email, from, to, visitor.ip, onceProven),
              { before: user, endsSessions: true },
            );
      if (changed.outcome === 'refused') throw new Problem('credentials_invalid');
      await guess.forget();
    });
    this.record(user.id, visitor, 'AUTH password changed');
    const renewed = await this.users.find(user.id);
    if (renewed === null) throw new Problem('token_invalid');
    // Of a factor that came while the password changed nothing was proven: then there is no session.
    const pair = await this.sessions.begin(renewed, visitor, {
      factorProven: mfaActive,
      ...(mfaActive ? { provenAt: caller.authTime } : {}),
    });
    if (pair === null) throw new Problem('token_invalid');
    return pair;
  }

  private record(userId: string, visitor: Visitor, text: string): void {
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

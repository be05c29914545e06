import { Injectable } from '@nestjs/common';
import { Problem } from '../../errors/problem.js';
import type { Caller } from '../../guards/caller.js';
import { SecurityEvents } from '../../observability/security-events.js';
import { Database, type Transaction } from '../../ports/database.js';
import { IdentityProvider, type Identity, type SignInResult } from '../../ports/identity-provider.js';
import { Revocations } from '../../ports/revocations.js';
import { GuessesService } from '../guesses/guesses.service.js';
import { MfaService } from '../mfa/mfa.service.js';
import { PasswordRules } from '../passwords/password-rules.js';
import { UsersService } from '../users/users.service.js';
import { Afterwards } from './afterwards.js';
import { PasswordCheck } from './password-check.js';
import { PasswordPepper } from './password-pepper.js';
import { CountedGuesses } from './counted-guesses.js';
import { requireGood } from './require-good.js';
import { reach } from './reach.js';
import { SessionsService, type TokenPair, type Visitor } from './sessions.service.js';

/** Longer than the provider may take to answer: afterwards the process that changed it is known to be dead. */
const passwordChangeSeconds = 30;

/** Passwords that are forgotten or changed, and addresses that are confirmed. */
@Injectable()
export class PasswordsService {
  constructor(
    private readonly database: Database,
    private readonly identities: IdentityProvider,
    private readonly pepper: PasswordPepper,
    private readonly passwords: PasswordCheck,
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
   * asked for at the next sign-in as ever. A password that would do with a second factor alone spends the link where
   * there is none: whose it is, is known only once it has been followed.
   * @throws Problem `link_used`, `validation_failed`
   */
  async confirmReset(token: string, password: string, visitor: Visitor): Promise<void> {
    const about = { email: null, fullName: null, field: 'new_password' };
    requireGood(await this.rules.judge(password, { ...about, mfaActive: true }));
    const shortFaults = await this.rules.judge(password, { ...about, mfaActive: false });
    const hash = this.pepper.hash(password);
    const reset = await this.replacing((onceProven) =>
      reach(
        this.identities.confirmReset(token, hash, visitor.ip, async (identity) => {
          if (shortFaults.length > 0 && !(await this.mfa.isActive(identity.id))) requireGood(shortFaults);
          await onceProven(identity);
        }),
      ),
    );
    if (reset.outcome === 'refused') throw new Problem('link_used');
    const { id, email } = reset.identity;
    await this.finish(id, visitor, 'AUTH password reset', async (tx) => {
      await this.guessing.reset(tx, email);
      await this.guessing.forgetDevices(tx, id);
      await this.mfa.forgetAttempts(tx, id);
    });
  }

  /** Returns a new pair: the change ended this session too. @throws Problem `credentials_invalid`, `validation_failed` */
  async change(caller: Caller, present: string, next: string, visitor: Visitor): Promise<TokenPair> {
    const user = await this.users.find(caller.userId);
    if (user === null) throw new Problem('token_invalid');
    const { email, fullName } = user;
    const mfaActive = await this.mfa.isActive(user.id);
    requireGood(await this.rules.judge(next, { email, fullName, mfaActive, field: 'new_password' }));
    await this.guesses.count(email, visitor, async (guess) => {
      const [from, to] = [this.pepper.hash(present), this.pepper.hash(next)];
      const right = await this.passwords.check(email, present, visitor.ip);
      const changed =
        right.outcome === 'refused'
          ? right
          : await this.replacing((onceProven) =>
              reach(this.identities.changePassword(email, from, to, visitor.ip, onceProven)),
            );
      if (changed.outcome === 'refused') throw new Problem('credentials_invalid');
      await guess.forget();
    });
    await this.finish(user.id, visitor, 'AUTH password changed');
    const renewed = await this.users.find(user.id);
    if (renewed === null) throw new Problem('token_invalid');
    // The session that asks was begun with the factor, where there is one.
    const pair = await this.sessions.begin(renewed, visitor, {
      factorProven: await this.mfa.isActive(renewed.id),
    });
    if (pair === null) throw new Problem('token_invalid');
    return pair;
  }

  /**
   * Around the provider's change of a password: once the person is proven, every session ends and nobody signs in until
   * it is done. So a crash at any point leaves no session that was begun with the old password.
   */
  private async replacing(
    change: (onceProven: (identity: Identity) => Promise<void>) => Promise<SignInResult>,
  ): Promise<SignInResult> {
    const proven: string[] = [];
    try {
      return await change(async ({ id }) => {
        await this.endEverything(id, (tx) => this.users.setPasswordChanging(tx, id, passwordChangeSeconds));
        proven.push(id);
      });
    } catch (error) {
      // The password stays as it was: who has it may sign in. If even that cannot be written, the time does it.
      for (const id of proven)
        await this.database
          .transaction((tx) => this.users.setPasswordChanging(tx, id, null))
          .catch(() => undefined);
      throw error;
    }
  }

  /** `alongside` happens in the same transaction. */
  private async finish(
    userId: string,
    visitor: Visitor,
    text: string,
    alongside?: (tx: Transaction) => Promise<void>,
  ): Promise<void> {
    await this.endEverything(userId, async (tx) => {
      await alongside?.(tx);
      await this.users.setPasswordChanging(tx, userId, null);
    });
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

  private async endEverything(userId: string, alongside: (tx: Transaction) => Promise<void>): Promise<void> {
    const ended = await this.database.transaction(async (tx) => {
      // First of all, as a sign-in does it: what both lock, both lock in this order.
      const user = await this.users.lock(tx, userId);
      await alongside(tx);
      // An identity whose account was never made has no sessions.
      return user === null ? [] : this.sessions.endAll(tx, userId);
    });
    this.revocations.applied(ended);
  }
}

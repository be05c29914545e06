import { Injectable } from '@nestjs/common';
import { Problem } from '../../../errors/problem.js';
import type { Caller } from '../../../guards/route/caller.js';
import { SecurityEvents } from '../../../observability/security-events.js';
import { IdentityProvider } from '../../../ports/identity-provider.js';
import { LoginAttemptsService } from '../login-attempts/login-attempts.service.js';
import { MfaService } from '../factor/mfa.service.js';
import { PasswordRules } from '../credentials/password-rules.js';
import { UsersService } from '../../users/users.service.js';
import { BackgroundTasks } from '../credentials/background-tasks.js';
import { PasswordChanges } from '../credentials/password-changes.js';
import { PasswordCheck } from '../credentials/password-check.js';
import { PasswordPepper } from '../credentials/password-pepper.js';
import { LoginThrottle } from '../login-attempts/login-throttle.js';
import { assertValidPassword } from '../credentials/assert-valid-password.js';
import { orUnavailable } from '../credentials/identity-unavailable.js';
import { SessionsService, type TokenPair, type ClientContext } from '../sessions/sessions.service.js';

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
    private readonly background: BackgroundTasks,
    private readonly throttle: LoginThrottle,
    private readonly loginAttempts: LoginAttemptsService,
    private readonly rules: PasswordRules,
  ) {}

  /** The same answer at the same time, whether there is such an account or not. */
  async requestReset(email: string, client: ClientContext): Promise<void> {
    await this.background.runAfterFixedDelay(() => this.identities.requestReset(email, client.ip));
  }

  /** The same. */
  async resendConfirmation(email: string, client: ClientContext): Promise<void> {
    await this.background.runAfterFixedDelay(() => this.identities.resendConfirmation(email, client.ip));
  }

  /** @throws Problem `link_used` */
  async confirmEmail(token: string, client: ClientContext): Promise<void> {
    const confirmed = await orUnavailable(this.identities.confirmEmail(token, client.ip));
    if (confirmed.outcome === 'refused') throw new Problem('link_used');
  }

  /**
   * Sets a new password by a mail's link and ends every session: whoever had the old one is out. A second factor is
   * asked for at the next sign-in as ever. A password that would do with a second factor alone spends the link where
   * there is none: whose it is, is known only once it has been followed.
   * @throws Problem `link_used`, `validation_failed`
   */
  async confirmReset(token: string, password: string, client: ClientContext): Promise<void> {
    const about = { email: null, fullName: null, field: 'new_password' };
    assertValidPassword(await this.rules.validate(password, { ...about, mfaActive: true }));
    const shortFaults = await this.rules.validate(password, { ...about, mfaActive: false });
    const hash = this.pepper.hash(password);
    const reset = await this.changes.run(
      (onceProven) =>
        this.identities.confirmReset(token, hash, client.ip, async (identity) => {
          if (shortFaults.length > 0 && !(await this.mfa.isActive(identity.id)))
            assertValidPassword(shortFaults);
          await onceProven(identity);
        }),
      {
        endsSessions: true,
        done: async (tx, { id, email }) => {
          await this.loginAttempts.reset(tx, email);
          await this.loginAttempts.forgetDevices(tx, id);
          await this.mfa.forgetAttempts(tx, id);
        },
      },
    );
    if (reset.outcome === 'refused') throw new Problem('link_used');
    this.record(reset.identity.id, client, 'AUTH password reset');
  }

  /**
   * Returns a new pair: the change ended this session too. It proves no second factor, so where there is one the new
   * session is no fresher than the one that asks.
   * @throws Problem `credentials_invalid`, `validation_failed`, `unavailable`
   */
  async change(caller: Caller, present: string, next: string, client: ClientContext): Promise<TokenPair> {
    const user = await this.users.find(caller.userId);
    if (user?.epoch !== caller.ver) throw new Problem('token_invalid');
    const { email, fullName } = user;
    const mfaActive = await this.mfa.isActive(user.id);
    assertValidPassword(
      await this.rules.validate(next, { email, fullName, mfaActive, field: 'new_password' }),
    );
    await this.throttle.count(email, client, async (attempt) => {
      const [from, to] = [this.pepper.hash(present), this.pepper.hash(next)];
      const right = await this.passwords.check(email, present, client.ip);
      const changed =
        right.outcome === 'refused'
          ? right
          : await this.changes.run(
              (onceProven) => this.identities.changePassword(email, from, to, client.ip, onceProven),
              { before: user, endsSessions: true },
            );
      if (changed.outcome === 'refused') throw new Problem('credentials_invalid');
      await attempt.forget();
    });
    this.record(user.id, client, 'AUTH password changed');
    const renewed = await this.users.find(user.id);
    if (renewed === null) throw new Problem('token_invalid');
    // Of a factor that came while the password changed nothing was proven: then there is no session.
    const pair = await this.sessions.begin(renewed, client, {
      factorProven: mfaActive,
      ...(mfaActive ? { provenAt: caller.authTime } : {}),
    });
    if (pair === null) throw new Problem('token_invalid');
    return pair;
  }

  private record(userId: string, client: ClientContext, text: string): void {
    this.events.record({
      event: 'authn_password_change',
      level: 'LOW',
      text,
      sourceIp: client.ip,
      userId,
      requestId: client.requestId,
      response: 'sessions_ended',
    });
  }
}

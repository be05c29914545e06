import { Injectable } from '@nestjs/common';
import { Problem } from '../../../errors/problem.js';
import type { ClientContext } from '../../../network/client-context.js';
import { SecurityEvents } from '../../../observability/security-events.js';
import { IdentityProvider } from '../../../ports/identity-provider.js';
import { passwordSet } from '../accounts.events.js';
import { assertValidPassword } from '../credentials/assert-valid-password.js';
import { BackgroundTasks } from '../credentials/background-tasks.js';
import { orUnavailable } from '../credentials/identity-unavailable.js';
import { PasswordChanges } from '../credentials/password-changes.js';
import { PasswordPepper } from '../credentials/password-pepper.js';
import { PasswordRules } from '../credentials/password-rules.js';
import { MfaService } from '../factor/mfa.service.js';
import { LoginAttemptsService } from '../login-attempts/login-attempts.service.js';

/** Password reset and confirmation of addresses by a link in a mail. */
@Injectable()
export class PasswordResetService {
  constructor(
    private readonly identities: IdentityProvider,
    private readonly pepper: PasswordPepper,
    private readonly changes: PasswordChanges,
    private readonly mfa: MfaService,
    private readonly background: BackgroundTasks,
    private readonly loginAttempts: LoginAttemptsService,
    private readonly rules: PasswordRules,
    private readonly events: SecurityEvents,
  ) {}

  /** Same answer after the same delay for known and unknown accounts. @throws Problem `unavailable` */
  async request(email: string, client: ClientContext): Promise<void> {
    await this.background.runAfterFixedDelay(() => this.identities.requestReset(email, client.ip));
  }

  /** As `request`. @throws Problem `unavailable` */
  async resendConfirmation(email: string, client: ClientContext): Promise<void> {
    await this.background.runAfterFixedDelay(() => this.identities.resendConfirmation(email, client.ip));
  }

  /** @throws Problem `link_used`, `unavailable` */
  async confirmEmail(token: string, client: ClientContext): Promise<void> {
    const confirmed = await orUnavailable(this.identities.confirmEmail(token, client.ip));
    if (confirmed.outcome === 'refused') throw new Problem('link_used');
  }

  /**
   * Sets a new password by a mail's link and ends every session, also those of an attacker with the old password. The
   * next sign-in asks for the second factor as usual. A password that is long enough only with a second factor consumes
   * the link of an account without one: the account is known only after the link is redeemed.
   * @throws Problem `link_used`, `validation_failed`, `unavailable`
   */
  async confirm(token: string, password: string, client: ClientContext): Promise<void> {
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
    passwordSet(this.events, client, reset.identity.id, 'reset');
  }
}

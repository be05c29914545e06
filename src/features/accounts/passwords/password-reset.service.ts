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

/** Passwords that are forgotten, and addresses that are confirmed: what a mail's link leads to. */
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

  /** The same answer at the same time, whether there is such an account or not. */
  async request(email: string, client: ClientContext): Promise<void> {
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

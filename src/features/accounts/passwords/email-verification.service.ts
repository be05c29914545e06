import { Injectable } from '@nestjs/common';
import { Problem } from '../../../errors/problem.js';
import type { ClientContext } from '../../../network/client-context.js';
import { SecurityEvents } from '../../../observability/security-events.js';
import { IdentityProvider } from '../../../ports/identity-provider.js';
import { accountCreated, passwordSet } from '../accounts.events.js';
import { assertValidPassword } from '../credentials/assert-valid-password.js';
import { BackgroundTasks } from '../credentials/background-tasks.js';
import { PasswordChanges } from '../credentials/password-changes.js';
import { PasswordPepper } from '../credentials/password-pepper.js';
import { MailLimits } from './mail-limits.js';
import { PasswordRules } from '../credentials/password-rules.js';

/**
 * Verification of e-mail addresses. Whoever holds the mail chooses the password with it, and replaces every earlier
 * choice: so it does not matter who registered the address, or which of several mails is opened.
 */
@Injectable()
export class EmailVerificationService {
  constructor(
    private readonly identities: IdentityProvider,
    private readonly pepper: PasswordPepper,
    private readonly changes: PasswordChanges,
    private readonly limits: MailLimits,
    private readonly background: BackgroundTasks,
    private readonly rules: PasswordRules,
    private readonly events: SecurityEvents,
  ) {}

  /** Sends the mail again. Same answer after the same delay for known and unknown accounts. @throws Problem `unavailable` */
  async resend(email: string, client: ClientContext): Promise<void> {
    await this.background.runAfterFixedDelay(async () => {
      if (await this.limits.take('resend', email, client))
        await this.identities.resendConfirmation(email, client.ip);
    });
  }

  /**
   * Verifies the address by a mail's link and sets the password. The password is judged before the link is redeemed, so
   * that a refused one leaves the link valid.
   * @throws Problem `link_used`, `validation_failed`, `unavailable`
   */
  async verify(token: string, password: string, client: ClientContext): Promise<void> {
    assertValidPassword(
      await this.rules.validate(password, { email: null, fullName: null, mfaActive: false }),
    );
    const hash = this.pepper.hash(password);
    const verified = await this.changes.run(
      (onceProven) => this.identities.confirmEmail(token, hash, client.ip, onceProven),
      { client, endsSessions: true, provesAddress: true },
    );
    if (verified.outcome === 'refused') throw new Problem('link_used');
    const { id } = verified.identity;
    if (verified.created) accountCreated(this.events, client, id);
    passwordSet(this.events, client, id, 'chosen');
  }
}

import { Injectable } from '@nestjs/common';
import { Problem } from '../../../errors/problem.js';
import type { ClientContext } from '../../../network/client-context.js';
import { SecurityEvents } from '../../../observability/security-events.js';
import { IdentityProvider } from '../../../ports/identity-provider.js';
import { accountCreated, passwordSet } from '../accounts.events.js';
import { assertValidPassword } from '../credentials/assert-valid-password.js';
import { AddressProof } from '../credentials/address-proof.js';
import { BackgroundTasks } from '../credentials/background-tasks.js';
import { PasswordChanges } from '../credentials/password-changes.js';
import { PasswordPepper } from '../credentials/password-pepper.js';
import { MailLimits } from './mail-limits.js';
import { PasswordRules } from '../credentials/password-rules.js';

/** Password reset by a link in a mail. */
@Injectable()
export class PasswordResetService {
  constructor(
    private readonly identities: IdentityProvider,
    private readonly pepper: PasswordPepper,
    private readonly changes: PasswordChanges,
    private readonly proofs: AddressProof,
    private readonly limits: MailLimits,
    private readonly background: BackgroundTasks,
    private readonly rules: PasswordRules,
    private readonly events: SecurityEvents,
  ) {}

  /** Same answer after the same delay for known and unknown accounts. @throws Problem `unavailable` */
  async request(email: string, client: ClientContext): Promise<void> {
    await this.background.runAfterFixedDelay(async () => {
      if (await this.limits.take('reset', email, client))
        await this.identities.requestReset(email, client.ip);
    });
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
          if (shortFaults.length > 0 && !(await this.proofs.hasLastingFactor(identity.id)))
            assertValidPassword(shortFaults);
          await onceProven(identity);
        }),
      { client, endsSessions: true, provesAddress: true },
    );
    if (reset.outcome === 'refused') throw new Problem('link_used');
    if (reset.created) accountCreated(this.events, client, reset.identity.id);
    passwordSet(this.events, client, reset.identity.id, 'reset');
  }
}

import { Injectable } from '@nestjs/common';
import {
  IdentityProvider,
  type CredentialCheck,
  type EmailChange,
} from '../../../ports/identity-provider.js';
import { PasswordChanges, type PasswordChangeResult } from './password-changes.js';
import { PasswordPepper } from './password-pepper.js';
import type { ClientContext } from '../../../network/client-context.js';
import { orUnavailable } from './identity-unavailable.js';
import type { User } from '../../users/users.service.js';

/** Checks the password of an account. One that the provider stores in an older form is rehashed on success. */
@Injectable()
export class PasswordCheck {
  constructor(
    private readonly identities: IdentityProvider,
    private readonly pepper: PasswordPepper,
    private readonly changes: PasswordChanges,
  ) {}

  /** @throws Problem `unavailable` */
  async check(email: string, password: string, clientIp: string): Promise<CredentialCheck> {
    const hash = this.pepper.hash(password);
    let result = await orUnavailable(this.identities.signIn(email, hash, clientIp));
    for (const older of this.pepper.olderForms(password)) {
      if (result.outcome === 'accepted') break;
      result = await this.changes.run(
        (onceProven) => this.identities.changePassword(email, older, hash, clientIp, onceProven),
        { client: null, endsSessions: false },
      );
    }
    return result;
  }

  /**
   * Checks the present password, sets a new one and ends every session.
   * @throws Problem `unavailable`
   */
  async replace(
    account: User,
    present: string,
    next: string,
    client: ClientContext,
  ): Promise<PasswordChangeResult> {
    const [from, to] = [this.pepper.hash(present), this.pepper.hash(next)];
    const checked = await this.check(account.email, present, client.ip);
    if (checked.outcome === 'refused') return checked;
    return this.changes.run(
      (onceProven) => this.identities.changePassword(account.email, from, to, client.ip, onceProven),
      { client, before: account, endsSessions: true },
    );
  }

  /** Verifies the password for a change of the address; null when it is wrong. @throws Problem `unavailable` */
  async beginEmailChange(
    account: User,
    password: string,
    client: ClientContext,
  ): Promise<EmailChange | null> {
    const checked = await this.check(account.email, password, client.ip);
    if (checked.outcome === 'refused' || checked.identity.id !== account.id) return null;
    return orUnavailable(
      this.identities.beginEmailChange(account.email, this.pepper.hash(password), client.ip),
    );
  }

  /**
   * As `check`, for an account that may not exist: a wrong password takes the same time for known and unknown accounts.
   */
  async checkUnknownAccount(
    email: string,
    password: string,
    clientIp: string,
    known: boolean,
  ): Promise<CredentialCheck> {
    const hash = this.pepper.hash(password);
    const forms = 1 + this.pepper.olderForms(password).length;
    // One cheap and one expensive call for each form, for known and unknown accounts alike.
    for (let at = 0; known && at < forms; at++)
      await orUnavailable(this.identities.dummyLookup(hash, clientIp));
    const result = await this.check(email, password, clientIp);
    for (let at = 0; !known && result.outcome === 'refused' && at < forms; at++)
      await orUnavailable(this.identities.dummyVerify(hash, clientIp));
    return result;
  }
}

import { Injectable } from '@nestjs/common';
import { IdentityProvider, type CredentialCheck, type Identity } from '../../../ports/identity-provider.js';
import { PasswordChanges, type PasswordChangeResult } from './password-changes.js';
import { PasswordPepper } from './password-pepper.js';
import type { ClientContext } from '../../../network/client-context.js';
import { DecoyCosts } from './decoy-costs.js';
import { orUnavailable } from './identity-unavailable.js';
import type { User } from '../../users/users.service.js';

/** `wasUnpeppered`: the provider had the plain password, which the operator accepts once, and has ours now. */
export type SignInCheck =
  | { readonly outcome: 'refused' }
  | { readonly outcome: 'accepted'; readonly identity: Identity; readonly wasUnpeppered: boolean };

/** Checks the password of an account. One that the provider stores in an older form is rehashed on success. */
@Injectable()
export class PasswordCheck {
  private readonly costs = new DecoyCosts();

  constructor(
    private readonly identities: IdentityProvider,
    private readonly pepper: PasswordPepper,
    private readonly changes: PasswordChanges,
  ) {}

  /** @throws Problem `unavailable` */
  check(email: string, password: string, clientIp: string): Promise<CredentialCheck> {
    return this.tryForms(email, password, clientIp, () => Promise.resolve());
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
    const checked = await this.checkEvenly(account.email, present, client.ip);
    if (checked.outcome === 'refused') return checked;
    return this.changes.run(
      (onceProven) => this.identities.changePassword(account.email, from, to, client.ip, onceProven),
      { client, before: account, endsSessions: true },
    );
  }

  /**
   * As `check`, for a caller who must not learn anything about the account. Whatever the provider does with the account,
   * every refusal takes one sign-in that checks a password and one that does not: the second is a decoy, chosen by how
   * long the first took, since the provider alone knows whether it has a password to check.
   */
  async checkEvenly(email: string, password: string, clientIp: string): Promise<SignInCheck> {
    const hash = this.pepper.hash(password);
    return this.tryForms(email, password, clientIp, (tookMs) => this.complement(tookMs, hash, clientIp));
  }

  /** Tries the present form, then the older ones, of which a right one is replaced. */
  private async tryForms(
    email: string,
    password: string,
    clientIp: string,
    afterRefusal: (tookMs: number) => Promise<void>,
  ): Promise<SignInCheck> {
    const hash = this.pepper.hash(password);
    for (const older of [null, ...this.pepper.olderForms(password)]) {
      const start = performance.now();
      const result =
        older === null
          ? await orUnavailable(this.identities.signIn(email, hash, clientIp))
          : await this.upgrade(email, older.text, hash, clientIp);
      if (result.outcome === 'accepted') return { ...result, wasUnpeppered: older?.isUnpeppered === true };
      await afterRefusal(performance.now() - start);
    }
    return { outcome: 'refused' };
  }

  private upgrade(email: string, older: string, hash: string, clientIp: string): Promise<CredentialCheck> {
    return this.changes.run(
      (onceProven) => this.identities.changePassword(email, older, hash, clientIp, onceProven),
      { client: null, endsSessions: false },
    );
  }

  /** The decoy that a refused sign-in of this duration lacks; both, once, to measure them. */
  private async complement(tookMs: number, hash: string, clientIp: string): Promise<void> {
    const isLookup = this.costs.isLookup(tookMs);
    if (isLookup !== false) {
      const start = performance.now();
      await orUnavailable(this.identities.dummyVerify(hash, clientIp));
      this.costs.verified(performance.now() - start);
    }
    if (isLookup !== true) {
      const start = performance.now();
      await orUnavailable(this.identities.dummyLookup(hash, clientIp));
      this.costs.lookedUp(performance.now() - start);
    }
  }
}

import { Injectable } from '@nestjs/common';
import { IdentityProvider, type CredentialCheck, type Identity } from '../../../ports/identity-provider.js';
import { PasswordChanges, type PasswordChangeResult } from './password-changes.js';
import { PasswordPepper } from './password-pepper.js';
import type { ClientContext } from '../../../network/client-context.js';
import { DecoyCosts } from './decoy-costs.js';
import { orUnavailable } from './identity-unavailable.js';
import type { User } from '../../users/users.service.js';

/** `isUpgraded`: the provider had the password in an older form, which the operator accepts, and has ours now. */
export type SignInCheck =
  | { readonly outcome: 'refused' }
  | { readonly outcome: 'accepted'; readonly identity: Identity; readonly isUpgraded: boolean };

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
  async check(email: string, password: string, clientIp: string): Promise<CredentialCheck> {
    const hash = this.pepper.hash(password);
    let result = await orUnavailable(this.identities.signIn(email, hash, clientIp));
    for (const older of this.pepper.olderForms(password)) {
      if (result.outcome === 'accepted') break;
      result = await this.upgrade(email, older, hash, clientIp);
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

  /**
   * As `check`, for an account of which a stranger must not learn anything. Whatever the provider does with the account,
   * every refusal takes one sign-in that checks a password and one that does not: the second is a decoy, chosen by how
   * long the first took, since the provider alone knows whether it has a password to check.
   */
  async checkUnknownAccount(email: string, password: string, clientIp: string): Promise<SignInCheck> {
    const hash = this.pepper.hash(password);
    const attempts: (() => Promise<CredentialCheck>)[] = [
      () => orUnavailable(this.identities.signIn(email, hash, clientIp)),
      ...this.pepper.olderForms(password).map((older) => () => this.upgrade(email, older, hash, clientIp)),
    ];
    for (const [form, attempt] of attempts.entries()) {
      const start = performance.now();
      const result = await attempt();
      if (result.outcome === 'accepted') return { ...result, isUpgraded: form > 0 };
      await this.complement(performance.now() - start, hash, clientIp);
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

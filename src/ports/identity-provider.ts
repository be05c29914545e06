/** An account as the identity provider knows it. `id` is its `sub`. */
export interface Identity {
  readonly id: string;
  readonly email: string;
}

export type SignUpResult =
  | { readonly outcome: 'created'; readonly identity: Identity }
  /** The provider sent a mail; there is no session before its link is followed. */
  | { readonly outcome: 'confirmation_sent' }
  | { readonly outcome: 'exists' }
  /** The provider will not have this address. */
  | { readonly outcome: 'refused' };

export type CredentialCheck =
  { readonly outcome: 'accepted'; readonly identity: Identity } | { readonly outcome: 'refused' };

export type TokenCheck =
  | {
      readonly outcome: 'accepted';
      readonly identity: Identity;
      /** When the person last proved to the provider who they are: seconds since the epoch, 0 when it does not say. */
      readonly provenAt: number;
    }
  | { readonly outcome: 'refused' };

export type ChangeResult =
  | CredentialCheck
  /** The person was proven, and the provider did not set the password. */
  | { readonly outcome: 'unchanged'; readonly identity: Identity };

/** What has to happen after the proof and before the password is set. When it throws, nothing is set. */
export type OnceProven = (identity: Identity) => Promise<void>;

/**
 * Who checks passwords and follows mails. What it gets is the peppered pre-hash, never a password. `clientIp` is the
 * client's address as we trust it. Each method throws `IdentityUnavailable` when the provider is out of reach or
 * answers what it should not.
 */
export abstract class IdentityProvider {
  abstract signUp(email: string, passwordHash: string, clientIp: string): Promise<SignUpResult>;
  /** Makes a confirmed account without a mail, where the provider can. */
  abstract create(email: string, passwordHash: string, clientIp: string): Promise<SignUpResult>;
  /**
   * Whose token of the provider's own this is. Only tokens of a social or link login are accepted: one that came by a
   * password would go around our limits and our second factor.
   */
  abstract verifyToken(accessToken: string, clientIp: string): Promise<TokenCheck>;
  abstract signIn(email: string, passwordHash: string, clientIp: string): Promise<CredentialCheck>;
  /** Costs what the sign-in of a known account with a wrong password costs, and never succeeds. */
  abstract dummyVerify(passwordHash: string, clientIp: string): Promise<void>;
  /** Costs what the sign-in of an unknown account costs, and never succeeds. */
  abstract dummyLookup(passwordHash: string, clientIp: string): Promise<void>;
  /** Sends the mail again by which an address is confirmed, if there is such an account. */
  abstract resendConfirmation(email: string, clientIp: string): Promise<void>;
  /** Confirms an address by what the mail's link carries; works once. */
  abstract confirmEmail(tokenHash: string, clientIp: string): Promise<CredentialCheck>;
  /** Sends the mail by which a password is set anew, if there is such an account. */
  abstract requestReset(email: string, clientIp: string): Promise<void>;
  /** Sets a new password by what the mail's link carries; works once. */
  abstract confirmReset(
    tokenHash: string,
    passwordHash: string,
    clientIp: string,
    onceProven: OnceProven,
  ): Promise<ChangeResult>;
  /** Sets a new password for whoever knows the present one. */
  abstract changePassword(
    email: string,
    presentHash: string,
    nextHash: string,
    clientIp: string,
    onceProven: OnceProven,
  ): Promise<ChangeResult>;
}

/** The provider cannot be asked now. */
export class IdentityUnavailable extends Error {
  override readonly name = 'IdentityUnavailable';
}

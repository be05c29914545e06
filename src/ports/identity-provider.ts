/** An account at the identity provider. `id` is its `sub`. */
export interface Identity {
  readonly id: string;
  readonly email: string;
}

export type SignUpResult =
  | { readonly outcome: 'created'; readonly identity: Identity }
  /** The provider sent a mail; there is no session before its link is followed. */
  | { readonly outcome: 'confirmation_sent' }
  | { readonly outcome: 'exists' }
  /** The provider does not accept this address. */
  | { readonly outcome: 'refused' };

export type CredentialCheck =
  { readonly outcome: 'accepted'; readonly identity: Identity } | { readonly outcome: 'refused' };

export type TokenCheck =
  | {
      readonly outcome: 'accepted';
      readonly identity: Identity;
      /** Time of the last authentication at the provider: seconds since the epoch, 0 when unknown. */
      readonly provenAt: number;
      /** Whether the login shows that the person holds the mail of the address. */
      readonly provesAddress: boolean;
    }
  | { readonly outcome: 'refused' };

export type ChangeResult =
  | CredentialCheck
  /** The proof was valid, but the provider did not set the password. */
  | { readonly outcome: 'unchanged'; readonly identity: Identity };

/** `taken`: by another account; `refused`: the provider does not accept the address; `gone`: there is no such account. */
export type EmailChangeResult = 'changed' | 'taken' | 'refused' | 'gone';

/** Runs after the proof and before the password is set. If it throws, the password is not set. */
export type OnceProven = (identity: Identity) => Promise<void>;

/**
 * Verifies passwords and links of mails. It gets the peppered hash, never a password. `clientIp`: the client's address.
 * @throws IdentityUnavailable (every method) when the provider does not answer, or its answer is invalid
 */
export abstract class IdentityProvider {
  abstract signUp(email: string, passwordHash: string, clientIp: string): Promise<SignUpResult>;
  /** Creates a confirmed account without a mail, where the provider can. */
  abstract create(email: string, passwordHash: string, clientIp: string): Promise<SignUpResult>;
  /**
   * Verifies an access token of the provider. Only tokens of a social or link login are accepted: one of a password
   * login would bypass our limits and the second factor.
   */
  abstract verifyToken(accessToken: string, clientIp: string): Promise<TokenCheck>;
  /** The account with its present address; null when it is deleted or banned there. */
  abstract find(id: string, clientIp: string): Promise<Identity | null>;
  abstract signIn(email: string, passwordHash: string, clientIp: string): Promise<CredentialCheck>;
  /** Takes as long as a sign-in to a known account with a wrong password, and never succeeds (constant time). */
  abstract dummyVerify(passwordHash: string, clientIp: string): Promise<void>;
  /** Takes as long as a sign-in to an unknown account, and never succeeds (constant time). */
  abstract dummyLookup(passwordHash: string, clientIp: string): Promise<void>;
  /** Sends the confirmation mail again, if there is such an account. */
  abstract resendConfirmation(email: string, clientIp: string): Promise<void>;
  /** Confirms an address by the token of the mail's link, single use, and sets the password. */
  abstract confirmEmail(
    tokenHash: string,
    passwordHash: string,
    clientIp: string,
    onceProven: OnceProven,
  ): Promise<ChangeResult>;
  /** Sends the mail for a password reset, if there is such an account. */
  abstract requestReset(email: string, clientIp: string): Promise<void>;
  /** Sets a new password by the token of the mail's link; single use. */
  abstract confirmReset(
    tokenHash: string,
    passwordHash: string,
    clientIp: string,
    onceProven: OnceProven,
  ): Promise<ChangeResult>;
  /** Verifies the present password and sets a new one. */
  abstract changePassword(
    email: string,
    presentHash: string,
    nextHash: string,
    clientIp: string,
    onceProven: OnceProven,
  ): Promise<ChangeResult>;
  /**
   * Sets an address that its holder has proven to this service, and ends links for a reset that the former one got. Asking
   * again with the same address is harmless, and necessary when it failed half-way.
   */
  abstract changeEmail(id: string, email: string, clientIp: string): Promise<EmailChangeResult>;
  /** Removes the account, with its password, logins and sessions there; one that is gone counts as removed. */
  abstract remove(id: string, clientIp: string): Promise<void>;
}

/** The provider does not answer, or its answer is invalid. */
export class IdentityUnavailable extends Error {
  override readonly name = 'IdentityUnavailable';
}

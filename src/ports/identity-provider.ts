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

export type SignInResult =
  { readonly outcome: 'accepted'; readonly identity: Identity } | { readonly outcome: 'refused' };

/** Who checks passwords. What it gets is the peppered pre-hash, never a password. */
export abstract class IdentityProvider {
  /** @throws when the provider is out of reach or answers what it should not */
  abstract signUp(email: string, passwordHash: string, clientIp: string): Promise<SignUpResult>;
  /** @throws when the provider is out of reach or answers what it should not */
  abstract signIn(email: string, passwordHash: string, clientIp: string): Promise<SignInResult>;
}

/** The provider cannot be asked now. */
export class IdentityUnavailable extends Error {
  override readonly name = 'IdentityUnavailable';
}

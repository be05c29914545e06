import type { ApiKeyRefusal } from '../../ports/accounts/api-key-authenticator.js';

/** Why a token was refused: for the log; the client learns only that it was. */
export type RefusalReason =
  | 'missing'
  | 'too_long'
  | 'malformed'
  /** No credentials where some were meant: an empty variable, an unfilled template. */
  | 'unset'
  | 'scheme'
  | 'other_vendor'
  /** Made by a clock that is ahead of this one. */
  | 'ahead'
  | 'header'
  | 'spelling'
  | 'signature'
  | 'expired'
  | 'claims'
  | 'revoked'
  | ApiKeyRefusal;

/** A refused access token or API key; the client gets 401 without the reason. */
export class TokenRefused extends Error {
  override readonly name = 'TokenRefused';

  constructor(
    readonly reason: RefusalReason,
    /** Known only when the signature is valid, or the API key exists. */
    readonly userId?: string,
  ) {
    super(reason);
  }
}

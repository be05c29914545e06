import { canonicalEmail } from '../../../config/values/email-address.js';
import { AuthApiError, type AuthError, type User } from '@supabase/supabase-js';
import { IdentityUnavailable, type Identity } from '../../ports/identity-provider.js';

const linkMethods: ReadonlySet<unknown> = new Set([
  'oauth',
  'otp',
  'magiclink',
  'sso/saml',
  'passkey',
  'web3',
]);

/** Logins by a link or a code in a mail to the address. */
const mailMethods: ReadonlySet<unknown> = new Set(['otp', 'magiclink']);

/**
 * Whether a social login that is linked to the user has verified the same address. Others prove who the person is, and
 * nothing about the address: it may be somebody else's.
 */
export const hasVerifiedAddress = ({ email, identities }: User): boolean =>
  identities?.some(
    ({ identity_data: data }) =>
      data?.['email_verified'] === true &&
      typeof data['email'] === 'string' &&
      email !== undefined &&
      canonicalEmail(data['email']) === canonicalEmail(email),
  ) ?? false;

/**
 * Time of the social or link login in the token's `amr`, in seconds since the epoch; null when it includes a password
 * or an unknown method. The token must be verified before.
 */
export function socialOrLinkLogin(accessToken: string): { provenAt: number; byMail: boolean } | null {
  try {
    const { amr } = JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString()) as {
      amr?: unknown;
    };
    if (!Array.isArray(amr) || amr.length === 0) return null;
    const proofs = amr.map((entry: unknown) =>
      typeof entry === 'object' && entry !== null
        ? (entry as { method?: unknown; timestamp?: unknown })
        : { method: entry },
    );
    if (!proofs.every(({ method }) => linkMethods.has(method))) return null;
    const times = proofs.flatMap(({ timestamp }) =>
      Number.isSafeInteger(timestamp) ? [timestamp as number] : [],
    );
    return {
      provenAt: Math.max(0, ...times),
      byMail: proofs.some(({ method }) => mailMethods.has(method)),
    };
  } catch {
    return null;
  }
}

/** Refusals with status 403: links and tokens that are used, expired or unknown. */
const spentCodes: ReadonlySet<unknown> = new Set([
  'otp_expired',
  'bad_jwt',
  'session_not_found',
  'session_expired',
  'user_not_found',
]);

/** Whether the provider refused the request; any other error is a failure of the provider. */
export function isRefusal(error: AuthError): boolean {
  if (!(error instanceof AuthApiError)) return false;
  return error.status === 400 || error.status === 422 || (error.status === 403 && spentCodes.has(error.code));
}

/**
 * Whether the provider takes the bearer of a call for no token of its own: of another algorithm, for example. Only of calls whose
 * bearer is the client's; of others it says that our key is wrong.
 */
export const isUnknownToken = (error: AuthError | null): boolean =>
  error instanceof AuthApiError && error.status === 401 && error.code === 'no_authorization';

/** A failure of the provider, with the error's code and without its text in the message. */
export function unavailable(what: string, error: AuthError): IdentityUnavailable {
  return new IdentityUnavailable(`${what}: ${error.code ?? error.name}`, { cause: error });
}

/** Whether the provider lets the user in no more, for now or for ever. */
export const isBanned = ({ banned_until: until }: User): boolean =>
  until !== undefined && Date.parse(until) > Date.now();

/** The identity of a Supabase user; null without an e-mail address. */
export function identityOf(user: User | null): Identity | null {
  return user?.email === undefined ? null : { id: user.id, email: user.email };
}

/** That an accepted change shows its result. @throws IdentityUnavailable when the answer is of somebody else, or of nobody */
export function assertShows(identity: Identity | null, id: string, email: string): void {
  if (identity?.id !== id || canonicalEmail(identity.email) !== canonicalEmail(email))
    throw new IdentityUnavailable('change of address: the answer does not show it');
}

import { AuthApiError, type AuthError, type User } from '@supabase/supabase-js';
import { IdentityUnavailable, type Identity } from '../../ports/identity-provider.js';

const linkMethods: ReadonlySet<unknown> = new Set(['oauth', 'otp', 'magiclink', 'sso/saml']);

/** How the token's session began, by its `amr`; null when a password, or something we do not know, had a part in it. */
export function socialOrLinkLogin(accessToken: string): { provenAt: number } | null {
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
    return { provenAt: Math.max(0, ...times) };
  } catch {
    return null;
  }
}

/** Refusals that come as 403: links and tokens that are no more, or never were. */
const spentCodes: ReadonlySet<unknown> = new Set([
  'otp_expired',
  'bad_jwt',
  'session_not_found',
  'session_expired',
  'user_not_found',
]);

/** The provider understood, and says no; everything else is trouble of its own. */
export function isRefusal(error: AuthError): boolean {
  if (!(error instanceof AuthApiError)) return false;
  return error.status === 400 || error.status === 422 || (error.status === 403 && spentCodes.has(error.code));
}

export function unavailable(what: string, error: AuthError): IdentityUnavailable {
  return new IdentityUnavailable(`${what}: ${error.code ?? error.name}`, { cause: error });
}

export function identityOf(user: User | null): Identity | null {
  return user?.email === undefined ? null : { id: user.id, email: user.email };
}

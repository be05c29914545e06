/** What the page keeps of a sign-in, in the `sessionStorage` of its tab. The password is not among it. */
export interface Session {
  readonly email: string;
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** The outcome of an attempt to sign in. */
export type Attempt =
  | { readonly kind: 'signed-in'; readonly session: Session }
  | { readonly kind: 'code-needed'; readonly mfaToken: string }
  | { readonly kind: 'refused'; readonly message: string };

const storageKey = 'velro-docs-session';
const api = '/api/v1/auth';

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** POSTs JSON to our own origin. An answer without JSON has an empty body. */
async function post(path: string, body: unknown): Promise<Answer> {
  const response = await fetch(`${api}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const parsed: unknown = await response.json().catch(() => null);
  return {
    status: response.status,
    body: typeof parsed === 'object' && parsed !== null ? { ...parsed } : {},
  };
}

function attemptOf({ status, body }: Answer, email: string): Attempt {
  const { access_token, refresh_token, expires_in, mfa_token, detail } = body;
  if (typeof access_token === 'string' && typeof refresh_token === 'string')
    return {
      kind: 'signed-in',
      session: {
        email,
        accessToken: access_token,
        refreshToken: refresh_token,
        expiresAt: Date.now() + Number(expires_in) * 1000,
      },
    };
  if (typeof mfa_token === 'string') return { kind: 'code-needed', mfaToken: mfa_token };
  if (status === 202)
    return { kind: 'refused', message: 'A mail with a link was sent: open it, then sign in.' };
  return {
    kind: 'refused',
    message: typeof detail === 'string' ? detail : `The service answered ${status}.`,
  };
}

/** `path` is `/login` or `/register`. */
export async function enter(path: '/login' | '/register', email: string, password: string): Promise<Attempt> {
  return attemptOf(await post(path, { email, password }), email);
}

/** Completes a sign-in by a code of the second factor. */
export async function enterCode(email: string, mfaToken: string, code: string): Promise<Attempt> {
  return attemptOf(await post('/mfa/verify', { mfa_token: mfaToken, code }), email);
}

/** Null when the session has ended; rejects when that is not said: nobody answered, a limit or a block stands before it. */
export async function renew(session: Session): Promise<Session | null> {
  const answer = await post('/refresh', { refresh_token: session.refreshToken });
  if (answer.status === 401) return null;
  const attempt = attemptOf(answer, session.email);
  if (attempt.kind !== 'signed-in') throw new Error(`refresh answered ${answer.status}`);
  return attempt.session;
}

/** Ends the session at the service. */
export async function leave({ accessToken }: Session): Promise<void> {
  await fetch(`${api}/logout`, { method: 'POST', headers: { authorization: `Bearer ${accessToken}` } });
}

/** Null without one, and where the browser denies the storage or somebody else wrote into it. */
export function storedSession(): Session | null {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(storageKey) ?? 'null');
    return isSession(kept) ? kept : null;
  } catch {
    return null;
  }
}

/** Where the storage is denied or full, the session lasts as long as the page. */
export function storeSession(session: Session | null): void {
  try {
    if (session === null) sessionStorage.removeItem(storageKey);
    else sessionStorage.setItem(storageKey, JSON.stringify(session));
  } catch {
    // The page itself keeps it.
  }
}

function isSession(kept: unknown): kept is Session {
  const { email, accessToken, refreshToken, expiresAt } = Object(kept) as Record<keyof Session, unknown>;
  return (
    typeof email === 'string' &&
    typeof accessToken === 'string' &&
    typeof refreshToken === 'string' &&
    typeof expiresAt === 'number'
  );
}

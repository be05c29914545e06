import {
  AuthApiError,
  createClient,
  type AuthError,
  type SupabaseClient,
  type User,
} from '@supabase/supabase-js';
import type { Secret } from '../../../config/secret.js';
import {
  IdentityProvider,
  IdentityUnavailable,
  type Identity,
  type SignInResult,
  type SignUpResult,
} from '../../ports/identity-provider.js';

/** Milliseconds; the embedded identity service needs up to a second for a hash on a busy machine. */
const defaultTimeoutMs = 5000;

/** Supabase Auth, hosted or embedded, through one code path. */
export class SupabaseIdentity extends IdentityProvider {
  constructor(
    private readonly url: string,
    /** Only who holds it is believed when naming somebody else's address. */
    private readonly secretKey: Secret,
    private readonly timeoutMs = defaultTimeoutMs,
  ) {
    super();
  }

  async signUp(email: string, passwordHash: string, clientIp: string): Promise<SignUpResult> {
    const { data, error } = await this.ask(clientIp, (client) =>
      client.auth.signUp({ email, password: passwordHash }),
    );
    if (error !== null) {
      if (error.code === 'user_already_exists' || error.code === 'email_exists') return { outcome: 'exists' };
      // Asked again too soon: a mail is under way already.
      if (error.code === 'over_email_send_rate_limit') return { outcome: 'confirmation_sent' };
      if (error instanceof AuthApiError && (error.status === 400 || error.status === 422))
        return { outcome: 'refused' };
      throw new IdentityUnavailable(`sign-up: ${error.code ?? error.name}`, { cause: error });
    }
    const identity = identityOf(data.user);
    if (data.session === null || identity === null) return { outcome: 'confirmation_sent' };
    return { outcome: 'created', identity };
  }

  async signIn(email: string, passwordHash: string, clientIp: string): Promise<SignInResult> {
    const { data, error } = await this.ask(clientIp, (client) =>
      client.auth.signInWithPassword({ email, password: passwordHash }),
    );
    if (error !== null) {
      if (error instanceof AuthApiError && error.status === 400) return { outcome: 'refused' };
      throw new IdentityUnavailable(`sign-in: ${error.code ?? error.name}`, { cause: error });
    }
    const identity = identityOf(data.user);
    return identity === null ? { outcome: 'refused' } : { outcome: 'accepted', identity };
  }

  /** A fresh client for each call: after a sign-in, a client speaks with the user's token for ever. */
  private async ask<T extends { error: AuthError | null }>(
    clientIp: string,
    question: (client: SupabaseClient) => Promise<T>,
  ): Promise<T> {
    const client = createClient(this.url, this.secretKey.reveal(), {
      auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
      global: {
        headers: { 'Sb-Forwarded-For': clientIp },
        fetch: (input, init) =>
          fetch(input, { ...init, signal: AbortSignal.timeout(this.timeoutMs), redirect: 'error' }),
      },
    });
    try {
      return await question(client);
    } catch (error) {
      throw new IdentityUnavailable('the identity provider does not answer', { cause: error });
    }
  }
}

function identityOf(user: User | null): Identity | null {
  return user?.email === undefined ? null : { id: user.id, email: user.email };
}

import { createClient, type AuthError, type SupabaseClient, type User } from '@supabase/supabase-js';
import { identityPolicy } from '../../../config/policy/accounts/tokens.js';
import type { Secret } from '../../../config/values/secret.js';
import { IdentityUnavailable } from '../../ports/identity-provider.js';

/** Calls of Supabase Auth: time limits, the client's address, and no session left open. */
export class SupabaseAuth {
  /** Sign-outs under way. */
  private leaving = 0;

  constructor(
    private readonly url: string,
    /** Required to forward the client's address. */
    private readonly secretKey: Secret,
    private readonly timeoutMs: number,
  ) {}

  /** A new client for each call: after a sign-in, a client keeps using the user's token. */
  async ask<T extends { error: AuthError | null }>(
    clientIp: string,
    question: (client: SupabaseClient) => Promise<T>,
  ): Promise<T> {
    const client = this.client(clientIp);
    try {
      return await this.run(() => question(client));
    } finally {
      this.leave(client);
    }
  }

  client(clientIp: string) {
    return createClient(this.url, this.secretKey.reveal(), {
      auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
      global: {
        headers: { 'Sb-Forwarded-For': clientIp },
        fetch: (input, init) =>
          fetch(input, { ...init, signal: AbortSignal.timeout(this.timeoutMs), redirect: 'error' }),
      },
    });
  }

  /** Runs a question of one client. @throws IdentityUnavailable, or what a step of the caller throws */
  async run<T>(question: () => Promise<T>): Promise<T> {
    try {
      return await question();
    } catch (error) {
      if (error instanceof CallersError) throw error.cause;
      throw new IdentityUnavailable('the identity provider does not answer', { cause: error });
    }
  }

  /**
   * Signs out of the session that a check has opened at the provider, behind the answer: nobody uses it, and left open
   * they would pile up there. One that fails is left to the provider's own expiry.
   */
  leave(client: SupabaseClient): void {
    if (this.leaving >= identityPolicy.maxSignOuts) return;
    this.leaving++;
    client.auth
      .getSession()
      .then(({ data }) => (data.session === null ? null : client.auth.signOut({ scope: 'local' })))
      .catch(() => null)
      .finally(() => {
        this.leaving--;
      });
  }
}

/** What a check of the provider returns. */
export interface Proof {
  readonly data: { readonly user: User | null };
  readonly error: AuthError | null;
}

/** Wraps an error of the caller's own step within a call: not the provider's, and rethrown unchanged. */
class CallersError extends Error {}

/** A step of the caller within a call: what it throws comes back as it is. */
export async function ours(step: Promise<void>): Promise<void> {
  try {
    await step;
  } catch (cause) {
    throw new CallersError('thrown by the caller', { cause });
  }
}

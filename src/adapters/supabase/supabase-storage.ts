import { createClient } from '@supabase/supabase-js';
import type { Secret } from '../../../config/secret.js';
import { ObjectStorage } from '../../ports/object-storage.js';

const bucket = 'media';
/** Milliseconds, for one object. */
const defaultTimeoutMs = 60_000;

/** A private bucket of Supabase Storage, with the secret key: the permission is checked by us, before we sign. */
export class SupabaseStorage extends ObjectStorage {
  /** Never used to sign anybody in: a client that did would go on with that user's token. */
  private readonly client: ReturnType<typeof createClient>;

  constructor(url: string, secretKey: Secret, timeoutMs = defaultTimeoutMs) {
    super();
    this.client = createClient(url, secretKey.reveal(), {
      auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
      global: {
        fetch: (input, init) =>
          fetch(input, { ...init, signal: AbortSignal.timeout(timeoutMs), redirect: 'error' }),
      },
    });
  }

  async put(key: string, bytes: Uint8Array, contentType: string): Promise<void> {
    const { error } = await this.client.storage
      .from(bucket)
      .upload(key, bytes, { contentType, upsert: true });
    if (error !== null) throw new Error('the object was not stored', { cause: error });
  }

  async signedUrl(key: string, seconds: number): Promise<string> {
    const { data, error } = await this.client.storage.from(bucket).createSignedUrl(key, seconds);
    if (error !== null) throw new Error('the link was not signed', { cause: error });
    return data.signedUrl;
  }

  async remove(keys: readonly string[]): Promise<void> {
    const { error } = await this.client.storage.from(bucket).remove([...keys]);
    if (error !== null) throw new Error('the objects were not removed', { cause: error });
  }
}

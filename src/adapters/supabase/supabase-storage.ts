import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { createClient } from '@supabase/supabase-js';
import type { Secret } from '../../../config/values/secret.js';
import {
  ObjectStorage,
  StorageUnavailable,
  type Linkable,
  type ObjectEntry,
  type SignedUrl,
} from '../../ports/object-storage.js';
import { isObjectKey, requireObjectFolder, requireObjectKey } from '../storage/object-key.js';
import { Download, unread } from '../storage/download.js';
import { Transfer, transferLimits, type TransferLimits } from '../storage/transfer.js';
import { isMissingObject, nextOf, notStored, signedUrlsOf } from './storage-answers.js';

const bucket = 'media';
/** Timeout in milliseconds of calls without an object body. */
const defaultAnswerMs = 30_000;
/** Objects of one request that lists, signs or removes; the service lists a thousand at most. */
const defaultPageSize = 500;

interface Limits extends TransferLimits {
  readonly answerMs: number;
  readonly pageSize: number;
}

/** A private bucket of Supabase Storage, with the secret key: authorization is checked here, before signing. */
export class SupabaseStorage extends ObjectStorage {
  /** Never used for sign-ins: after one, a client would keep using that user's token. */
  private readonly client: ReturnType<typeof createClient>;
  /** Deadlines of running uploads: the library has no option for them. */
  private readonly deadlines = new WeakMap<object, AbortSignal>();
  private readonly limits: Limits;
  /** The address below which signed links lie. */
  private readonly links: string;

  constructor(url: string, secretKey: Secret, limits: Partial<Limits> = {}) {
    super();
    this.limits = { ...transferLimits, answerMs: defaultAnswerMs, pageSize: defaultPageSize, ...limits };
    this.links = new URL(`storage/v1/object/sign/${bucket}`, url.endsWith('/') ? url : `${url}/`).href;
    this.client = createClient(url, secretKey.reveal(), {
      auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
      global: {
        fetch: (input, init) =>
          fetch(input, { ...init, signal: init?.signal ?? this.deadlineOf(init?.body), redirect: 'error' }),
      },
    });
  }

  async put(key: string, body: Uint8Array | Readable, contentType: string): Promise<void> {
    const transfer = new Transfer(body, this.limits);
    const sent = body instanceof Readable ? Readable.from(transfer.pieces(), { objectMode: false }) : body;
    try {
      requireObjectKey(key);
      this.deadlines.set(sent, transfer.signal);
      const { error } = await this.files.upload(key, sent, { contentType, upsert: true });
      if (error !== null) throw transfer.fault ?? notStored(error);
    } finally {
      transfer.close();
    }
  }

  async signedUrls(objects: readonly Linkable[], seconds: number): Promise<SignedUrl[]> {
    const keys = objects.map(({ key }) => key);
    keys.forEach(requireObjectKey);
    const signed: SignedUrl[] = [];
    for (let at = 0; at < keys.length; at += this.limits.pageSize)
      signed.push(...(await this.sign(keys.slice(at, at + this.limits.pageSize), seconds)));
    // The storage answers with the name that stands here; a link without it shows the file.
    return signed.map((link, at) => ({ ...link, url: named(link, objects[at]?.fileName ?? null) }));
  }

  async read(key: string): Promise<Readable | null> {
    requireObjectKey(key);
    const headers = new AbortController();
    const timer = setTimeout(() => {
      headers.abort(new Error('the storage did not answer'));
    }, this.limits.answerMs);
    try {
      // A cached copy would say nothing of what is stored.
      const options = { cacheNonce: randomUUID() };
      const { signal } = headers;
      const { data, error } = await this.files.download(key, options, { signal }).asStream();
      if (error === null) return new Download(Readable.fromWeb(data), this.limits);
      if (isMissingObject(error)) return null;
      throw error;
    } catch (cause) {
      throw unread(cause);
    } finally {
      clearTimeout(timer);
    }
  }

  async remove(keys: readonly string[]): Promise<void> {
    keys.forEach(requireObjectKey);
    for (let at = 0; at < keys.length; at += this.limits.pageSize) {
      const { error } = await this.files.remove(keys.slice(at, at + this.limits.pageSize));
      if (error !== null) throw new StorageUnavailable('the objects were not removed', { cause: error });
    }
  }

  /** An upload that breaks off leaves nothing that is ours to remove. */
  removeDrafts(): Promise<number> {
    return Promise.resolve(0);
  }

  /** Cursor pagination by name: with offsets, deleted objects would shift the pages and objects would be skipped. */
  async *objects(folder: string): AsyncGenerator<ObjectEntry> {
    requireObjectFolder(folder);
    let cursor: string | undefined;
    do {
      const { data, error } = await this.files.listV2({
        prefix: `${folder}/`,
        limit: this.limits.pageSize,
        ...(cursor === undefined ? {} : { cursor }),
      });
      if (error !== null) throw new StorageUnavailable('the objects were not listed', { cause: error });
      for (const { name, updated_at } of data.objects) {
        const storedAt = new Date(updated_at);
        if (isObjectKey(name) && name.startsWith(`${folder}/`) && !Number.isNaN(storedAt.getTime()))
          yield { key: name, storedAt };
      }
      cursor = nextOf(data, cursor);
    } while (cursor !== undefined);
  }

  private async sign(keys: readonly string[], seconds: number): Promise<SignedUrl[]> {
    try {
      const { data, error } = await this.files.createSignedUrls([...keys], seconds);
      if (error !== null) throw error;
      return signedUrlsOf(keys, data, this.links);
    } catch (cause) {
      throw new StorageUnavailable('the links were not signed', { cause });
    }
  }

  private get files(): ReturnType<typeof this.client.storage.from> {
    return this.client.storage.from(bucket);
  }

  private deadlineOf(body: unknown): AbortSignal {
    const known = typeof body === 'object' && body !== null ? this.deadlines.get(body) : undefined;
    return known ?? AbortSignal.timeout(this.limits.answerMs);
  }
}

const named = ({ url, isSigned }: SignedUrl, fileName: string | null): string =>
  fileName === null || !isSigned ? url : `${url}&download=${encodeURIComponent(fileName)}`;

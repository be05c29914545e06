import { open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { storageHealthPolicy } from '../../../config/policy/generations/storage.js';
import { deriveKey } from '../../../config/secrets/derived-key.js';
import type { Secret } from '../../../config/values/secret.js';
import { hasCode } from '../../../config/values/system-error.js';
import { Clock } from '../../ports/clock.js';
import {
  ObjectStorage,
  StorageUnavailable,
  type Linkable,
  type ObjectEntry,
  type SignedUrl,
} from '../../ports/object-storage.js';
import { contentTypeOf, isObjectKey, requireObjectFolder, requireObjectKey } from '../storage/object-key.js';
import { Download, unread } from '../storage/download.js';
import { Transfer, transferLimits } from '../storage/transfer.js';
import { hasFreeSpace } from './free-space.js';
import { objectsBelow } from './object-walk.js';
import { AtomicFiles } from './atomic-files.js';
import { equalInConstantTime, hmacSha256 } from '../../crypto/hash.js';

/** What a signed link names, and until when it does. */
export interface SignedLink {
  readonly key: string;
  /** Seconds since the epoch. */
  readonly expires: number;
  /** What the object had when it was stored; null when the link does not say. */
  readonly bytes: number | null;
  /** Under which it is saved; null when the link does not say. */
  readonly fileName: string | null;
  readonly signature: string;
}

export interface StoredObject {
  /** Where it lies, below the folder of objects. */
  readonly path: string;
  readonly contentType: string;
  readonly secondsLeft: number;
  readonly fileName: string | null;
}

/** `damaged`: it has other bytes than it was stored with. */
export type LinkOutcome = StoredObject | 'invalid' | 'missing' | 'damaged';

/** Objects as files below VELRO_HOME, read through signed links that expire. For development and tests. */
export class DiskStorage extends ObjectStorage {
  private readonly key: Buffer;
  private readonly files: AtomicFiles;

  constructor(
    readonly folder: string,
    secret: Secret,
    private readonly clock: Clock,
    /** Base URL of this service; known only once it listens. */
    private readonly publicUrl: () => string,
    private readonly limits = transferLimits,
  ) {
    super();
    this.key = deriveKey(secret, 'signed links');
    this.files = new AtomicFiles(folder);
  }

  async put(key: string, body: Uint8Array | Readable): Promise<void> {
    const transfer = new Transfer(body, this.limits);
    try {
      const path = this.pathOf(key);
      await this.files.write(path, transfer.pieces()).catch((cause: unknown) => {
        throw transfer.fault ?? new StorageUnavailable('the object was not stored', { cause });
      });
    } finally {
      transfer.close();
    }
  }

  signedUrls(objects: readonly Linkable[], seconds: number): Promise<SignedUrl[]> {
    const expires = Math.floor(this.clock.now() / 1000) + seconds;
    return Promise.resolve(objects.map((object) => ({ url: this.urlOf(object, expires), isSigned: true })));
  }

  async read(key: string): Promise<Readable | null> {
    const path = this.pathOf(key);
    try {
      const file = await open(path);
      return new Download(file.createReadStream(), this.limits);
    } catch (cause) {
      // Where the folder of objects is away, nothing is known of any object.
      if (hasCode(cause, 'ENOENT', 'ENOTDIR') && (await isFolder(this.folder))) return null;
      throw unread(cause);
    }
  }

  async remove(keys: readonly string[]): Promise<void> {
    for (const key of keys) await rm(this.pathOf(key), { force: true });
  }

  removeDrafts(before: Date, signal: AbortSignal): Promise<number> {
    return this.files.sweep(before, signal);
  }

  async *objects(folder: string): AsyncGenerator<ObjectEntry> {
    requireObjectFolder(folder);
    try {
      yield* objectsBelow(this.folder, folder);
    } catch (cause) {
      throw new StorageUnavailable('the objects were not listed', { cause });
    }
  }

  hasRoom(): Promise<boolean> {
    return hasFreeSpace(this.folder, storageHealthPolicy.freeBytesAtLeast);
  }

  /** The object behind a signed link. */
  async resolveLink(link: SignedLink): Promise<LinkOutcome> {
    const { key, expires, bytes, fileName, signature } = link;
    if (!isObjectKey(key)) return 'invalid';
    const isSigned = equalInConstantTime(signature, this.sign(link));
    const secondsLeft = Math.floor(expires - this.clock.now() / 1000);
    if (!isSigned || secondsLeft <= 0) return 'invalid';
    const found = await stat(this.pathOf(key)).catch(() => null);
    if (found === null) return 'missing';
    if (bytes !== null && found.size !== bytes) return 'damaged';
    return { path: key, contentType: contentTypeOf(key), secondsLeft, fileName };
  }

  private urlOf({ key, bytes, fileName = null }: Linkable, expires: number): string {
    requireObjectKey(key);
    const size = bytes === null ? '' : `&bytes=${bytes}`;
    // Not as it is: a name is text of somebody, and URLs are inspected.
    const name = fileName === null ? '' : `&name=${Buffer.from(fileName).toString('base64url')}`;
    const signature = this.sign({ key, expires, bytes, fileName });
    return `${this.publicUrl()}/media/${key}?expires=${expires}${size}${name}&signature=${signature}`;
  }

  private sign({ key, expires, bytes, fileName }: Omit<SignedLink, 'signature'>): string {
    const name = fileName === null ? '' : `\n${fileName}`;
    return hmacSha256(this.key, `${key}\n${expires}\n${bytes ?? ''}${name}`).toString('base64url');
  }

  private pathOf(key: string): string {
    requireObjectKey(key);
    return join(this.folder, ...key.split('/'));
  }
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found?.isDirectory() === true;
}

import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { deriveKey } from '../../../config/secrets/derived-key.js';
import type { Secret } from '../../../config/values/secret.js';
import { Clock } from '../../ports/clock.js';
import { ObjectStorage, type ObjectEntry } from '../../ports/object-storage.js';
import { contentTypeOf, isObjectKey, requireObjectFolder, requireObjectKey } from '../storage/object-key.js';
import { Transfer, transferLimits } from '../storage/transfer.js';
import { objectsBelow } from './object-walk.js';
import { AtomicFiles } from './atomic-files.js';
import { equalInConstantTime, hmacSha256 } from '../../crypto/hash.js';

export interface StoredObject {
  readonly stream: Readable;
  readonly bytes: number;
  readonly contentType: string;
}

/** Objects as files below VELRO_HOME, read through signed links that expire. For development and tests. */
export class DiskStorage extends ObjectStorage {
  private readonly key: Buffer;
  private readonly files: AtomicFiles;

  constructor(
    private readonly folder: string,
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
      await this.files.write(this.pathOf(key), transfer.pieces());
    } finally {
      transfer.close();
    }
  }

  signedUrl(key: string, seconds: number): Promise<string> {
    this.pathOf(key);
    const expires = Math.floor(this.clock.now() / 1000) + seconds;
    return Promise.resolve(
      `${this.publicUrl()}/media/${key}?expires=${expires}&signature=${this.sign(key, expires)}`,
    );
  }

  async remove(keys: readonly string[]): Promise<void> {
    for (const key of keys) await rm(this.pathOf(key), { force: true });
  }

  objects(folder: string): AsyncIterable<ObjectEntry> {
    requireObjectFolder(folder);
    return objectsBelow(this.folder, folder);
  }

  /** The object behind a signed link, or null when the link has expired, was changed, or its object is gone. */
  async openSigned(key: string, expires: number, signature: string): Promise<StoredObject | null> {
    if (!isObjectKey(key)) return null;
    const isSigned = equalInConstantTime(signature, this.sign(key, expires));
    if (!isSigned || expires * 1000 <= this.clock.now()) return null;
    // Opened first: an object that is removed while it is read is still read to its end.
    const file = await open(this.pathOf(key)).catch(() => null);
    if (file === null) return null;
    const { size } = await file.stat();
    return { stream: file.createReadStream(), bytes: size, contentType: contentTypeOf(key) };
  }

  private sign(key: string, expires: number): string {
    return hmacSha256(this.key, `${key}\n${expires}`).toString('base64url');
  }

  private pathOf(key: string): string {
    requireObjectKey(key);
    return join(this.folder, ...key.split('/'));
  }
}

import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { deriveKey } from '../../../config/derived-key.js';
import type { Secret } from '../../../config/secret.js';
import { Clock } from '../../ports/clock.js';
import { ObjectStorage } from '../../ports/object-storage.js';

export interface StoredObject {
  readonly stream: Readable;
  readonly bytes: number;
  readonly contentType: string;
}

/** Keys are of our own making; anything else, `..` above all, is not one. */
const keyPattern = /^[a-z0-9-]+(\/[a-z0-9-]+){1,6}\.(png|jpg|webp|mp4)$/;
const contentTypes: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  webp: 'image/webp',
  mp4: 'video/mp4',
};

/** Objects as files below VELRO_HOME, read through signed links that expire. For development and tests. */
export class DiskStorage extends ObjectStorage {
  private readonly key: Buffer;

  constructor(
    private readonly folder: string,
    secret: Secret,
    private readonly clock: Clock,
    /** Where this service is reached; known only once it listens. */
    private readonly publicUrl: () => string,
  ) {
    super();
    this.key = deriveKey(secret, 'signed links');
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    const path = this.pathOf(key);
    const draft = `${path}.${randomUUID()}.part`;
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    try {
      const file = await open(draft, 'wx', 0o600);
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      // A reader sees the whole object or none.
      await rename(draft, path);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
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

  /** The object behind a signed link, or null when the link has expired, was changed, or its object is gone. */
  async openSigned(key: string, expires: number, signature: string): Promise<StoredObject | null> {
    if (!keyPattern.test(key)) return null;
    const [given, right] = [Buffer.from(signature), Buffer.from(this.sign(key, expires))];
    if (given.length !== right.length || !timingSafeEqual(given, right) || expires * 1000 <= this.clock.now())
      return null;
    const path = this.pathOf(key);
    // Opened first: an object that is removed while it is read is still read to its end.
    const file = await open(path).catch(() => null);
    if (file === null) return null;
    const { size } = await file.stat();
    const type = contentTypes[path.slice(path.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
    return { stream: file.createReadStream(), bytes: size, contentType: type };
  }

  private sign(key: string, expires: number): string {
    return createHmac('sha256', this.key).update(`${key}\n${expires}`).digest('base64url');
  }

  private pathOf(key: string): string {
    if (!keyPattern.test(key)) throw new Error('not an object key');
    return join(this.folder, ...key.split('/'));
  }
}

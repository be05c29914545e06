import { openSealed, seal } from './aes-gcm.js';

export interface Opened {
  readonly plain: Buffer;
  /** False when a previous key decrypted it. */
  readonly current: boolean;
}

/**
 * AES-256-GCM (NIST SP 800-38D) under the first of `keys`; decryption also tries the others, for a rotation. The
 * context is additional authenticated data and not stored: a ciphertext of one purpose or account does not decrypt for
 * another.
 */
export class Seal {
  constructor(
    private readonly keys: readonly [Buffer, ...Buffer[]],
    private readonly random: { bytes(count: number): Buffer },
  ) {}

  /** Nonce, ciphertext, tag: 28 bytes longer than `plain`. */
  seal(plain: Buffer, context: string): Buffer {
    return seal(this.keys[0], plain, context, (count) => this.random.bytes(count));
  }

  /** Null when no key decrypts it in this context. */
  open(sealed: Buffer, context: string): Opened | null {
    for (const [at, key] of this.keys.entries()) {
      const plain = openSealed(key, sealed, context);
      if (plain !== null) return { plain, current: at === 0 };
    }
    return null;
  }
}

import { openSealed, seal } from '../../../crypto/aes-gcm.js';
import type { Random } from '../../../ports/random.js';

export interface Opened {
  readonly plain: Buffer;
  /** False when the key before this one had to open it. */
  readonly current: boolean;
}

/**
 * AES-256-GCM (NIST SP 800-38D) under the first of `keys`; opening also tries the others, for a rotation. The context
 * is authenticated, not stored: what was sealed for one purpose or person does not open for another.
 */
export class Seal {
  constructor(
    private readonly keys: readonly [Buffer, ...Buffer[]],
    private readonly random: Random,
  ) {}

  /** Nonce, ciphertext, tag: 28 bytes longer than `plain`. */
  seal(plain: Buffer, context: string): Buffer {
    return seal(this.keys[0], plain, context, (count) => this.random.bytes(count));
  }

  /** Null when no key of ours sealed it for this context. */
  open(sealed: Buffer, context: string): Opened | null {
    for (const [at, key] of this.keys.entries()) {
      const plain = openSealed(key, sealed, context);
      if (plain !== null) return { plain, current: at === 0 };
    }
    return null;
  }
}

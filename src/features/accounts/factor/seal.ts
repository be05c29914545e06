import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { Random } from '../../../ports/random.js';

const cipher = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

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
    const nonce = this.random.bytes(nonceBytes);
    const sealing = createCipheriv(cipher, this.keys[0], nonce, { authTagLength: tagBytes });
    sealing.setAAD(Buffer.from(context));
    return Buffer.concat([nonce, sealing.update(plain), sealing.final(), sealing.getAuthTag()]);
  }

  /** Null when no key of ours sealed it for this context. */
  open(sealed: Buffer, context: string): Opened | null {
    if (sealed.length < nonceBytes + tagBytes) return null;
    for (const [at, key] of this.keys.entries()) {
      const plain = openWith(key, sealed, context);
      if (plain !== null) return { plain, current: at === 0 };
    }
    return null;
  }
}

function openWith(key: Buffer, sealed: Buffer, context: string): Buffer | null {
  const opening = createDecipheriv(cipher, key, sealed.subarray(0, nonceBytes), { authTagLength: tagBytes });
  opening.setAAD(Buffer.from(context));
  opening.setAuthTag(sealed.subarray(-tagBytes));
  const plain = opening.update(sealed.subarray(nonceBytes, -tagBytes));
  try {
    return Buffer.concat([plain, opening.final()]);
  } catch {
    return null;
  }
}

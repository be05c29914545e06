import { verify, type KeyObject } from 'node:crypto';
import { CallbackSignatures, type SignedCallback } from '../../ports/callback-signatures.js';
import { FalKeySet, keySetLimits } from './fal-key-set.js';
import { sha256 } from '../../crypto/hash.js';

/** One signature has one spelling: Ed25519, 64 bytes, lower case. */
const signatureForm = /^[0-9a-f]{128}$/;
/** The fields are joined by newlines: one with a newline could be read as two (ambiguous signature input). */
const fieldForm = /^[\x21-\x7e]{1,256}$/;

/** Verifies fal's signature of a callback: Ed25519 over request id, user id, timestamp and the body's SHA-256. */
export class FalSignatures extends CallbackSignatures {
  private readonly keySet: FalKeySet;

  constructor(jwksUrl: string, limits = keySetLimits) {
    super();
    this.keySet = new FalKeySet(jwksUrl, limits);
  }

  async verify({ requestId, userId, timestamp, signature, body }: SignedCallback): Promise<boolean> {
    const fields = [requestId, userId, timestamp];
    if (!signatureForm.test(signature) || !fields.every((field) => fieldForm.test(field))) return false;
    const message = Buffer.from([...fields, sha256(body).toString('hex')].join('\n'));
    const bytes = Buffer.from(signature, 'hex');
    const fits = (key: KeyObject): boolean => verify(null, message, key, bytes);
    if ((await this.keySet.current()).some(fits)) return true;
    // Signed by a newer key than the cached ones, or forged.
    return (await this.keySet.renewed())?.some(fits) ?? false;
  }
}

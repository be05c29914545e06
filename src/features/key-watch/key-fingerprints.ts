import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../config/config.js';
import { deriveKey } from '../../../config/secrets/derived-key.js';
import type { WatchedKey } from '../../../config/secrets/watched-key.js';
import type { Secret } from '../../../config/values/secret.js';
import { hmacSha256 } from '../../crypto/hash.js';

/** A key of the service, as it can be recognised and not guessed. */
export interface Fingerprint {
  readonly name: string;
  /** 16 bytes. */
  readonly fingerprint: Buffer;
  /** As it was before PSEUDONYM_KEY was rotated; null outside a rotation. */
  readonly earlier: Buffer | null;
  /** Which key it was made with. */
  readonly keyId: string;
}

const bytes = 16;

/**
 * Fingerprints of the keys in use. They are keyed by PSEUDONYM_KEY: from a stolen table no password can be tried out. That key's own is
 * derived from itself, which has 32 random bytes.
 */
@Injectable()
export class KeyFingerprints {
  constructor(@Inject(CONFIG) private readonly config: Pick<Config, 'pseudonymKey' | 'watchedKeys'>) {}

  all(): readonly Fingerprint[] {
    const { current, previous } = this.config.pseudonymKey;
    const keyId = deriveKey(current, 'id of fingerprints', 8).toString('hex');
    return this.config.watchedKeys.map((key) =>
      key.name === 'PSEUDONYM_KEY'
        ? { name: key.name, fingerprint: ownOf(key.secret), earlier: null, keyId: 'itself' }
        : {
            name: key.name,
            fingerprint: fingerprintOf(key, current),
            earlier: previous === null ? null : fingerprintOf(key, previous),
            keyId,
          },
    );
  }
}

const ownOf = (secret: Secret): Buffer => deriveKey(secret, 'fingerprint of itself', bytes);

const fingerprintOf = ({ name, secret }: WatchedKey, by: Secret): Buffer =>
  hmacSha256(deriveKey(by, 'fingerprints'), name, ':', secret.reveal()).subarray(0, bytes);

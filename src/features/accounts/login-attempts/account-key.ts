import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../../config/config.js';
import { deriveKey } from '../../../../config/secrets/derived-key.js';
import type { Secret } from '../../../../config/values/secret.js';
import { canonicalEmail } from '../../../../config/values/email-address.js';
import { hmacSha256 } from '../../../crypto/hash.js';

/** Keyed hashes of one address, 32 bytes each. */
export interface AccountHashes {
  readonly present: Buffer;
  /** By the key before the last rotation; null outside a rotation. */
  readonly earlier: Buffer | null;
}

/**
 * Keyed hash of an e-mail address, for tables that must not hold addresses: a leaked table neither reveals an address
 * nor allows testing one.
 */
@Injectable()
export class AccountKey {
  /** Tells rows by this key from those by another; nothing can be hashed by it. */
  readonly id: string;
  /** As `id`, of the key before the last rotation; null outside a rotation. */
  readonly earlierId: string | null;
  private readonly key: Buffer;
  private readonly earlierKey: Buffer | null;

  constructor(@Inject(CONFIG) { pseudonymKey: { current, previous } }: Pick<Config, 'pseudonymKey'>) {
    [this.id, this.key] = [idOf(current), keyOf(current)];
    [this.earlierId, this.earlierKey] = previous === null ? [null, null] : [idOf(previous), keyOf(previous)];
  }

  /** 32 bytes. Another spelling of an address does not get its own count. */
  of(email: string): Buffer {
    return hmacSha256(this.key, canonicalEmail(email));
  }

  hashesOf(email: string): AccountHashes {
    const earlier = this.earlierKey === null ? null : hmacSha256(this.earlierKey, canonicalEmail(email));
    return { present: this.of(email), earlier };
  }

  /** The same hash as security events show it: 32 hexadecimal digits. */
  pseudonymOf(email: string): string {
    return this.of(email).toString('hex', 0, 16);
  }
}

const keyOf = (secret: Secret): Buffer => deriveKey(secret, 'accounts');

const idOf = (secret: Secret): string => deriveKey(secret, 'id of accounts', 8).toString('hex');

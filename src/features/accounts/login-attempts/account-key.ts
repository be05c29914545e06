import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../../config/config.js';
import { canonicalEmail } from '../../../../config/values/email-address.js';
import { deriveKey } from '../../../../config/secrets/derived-key.js';
import { hmacSha256 } from '../../../crypto/hash.js';

/**
 * Keyed hash of an e-mail address, for tables that must not hold addresses: a leaked table neither reveals an address
 * nor allows testing one.
 */
@Injectable()
export class AccountKey {
  private readonly key: Buffer;

  constructor(@Inject(CONFIG) config: Config) {
    this.key = deriveKey(config.pseudonymKey.current, 'accounts');
  }

  /** 32 bytes. Another spelling of an address does not get its own count. */
  of(email: string): Buffer {
    return hmacSha256(this.key, canonicalEmail(email));
  }

  /** The same hash as security events show it: 32 hexadecimal digits. */
  pseudonymOf(email: string): string {
    return this.of(email).toString('hex', 0, 16);
  }
}

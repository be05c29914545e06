import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../../config/config.js';
import { deriveKey } from '../../../../config/secrets/derived-key.js';
import { hmacSha256 } from '../../../crypto/hash.js';

/** Names accounts in tables that must not hold addresses: who reads them learns nobody's, and can test none. */
@Injectable()
export class AccountKey {
  private readonly key: Buffer;

  constructor(@Inject(CONFIG) config: Config) {
    this.key = deriveKey(config.pseudonymKey.current, 'accounts');
  }

  /** 32 bytes. Coarser than any identity provider's own idea of equality: another spelling is no further account. */
  of(email: string): Buffer {
    const normalised = email.normalize('NFKC').trim().toLowerCase();
    return hmacSha256(this.key, normalised);
  }
}

import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../../config/config.js';
import { deriveKey } from '../../../../config/secrets/derived-key.js';
import { Random } from '../../../ports/random.js';
import { equalInConstantTime, hmacSha256, sha256 } from '../../../crypto/hash.js';

const secretBytes = 32;
const macBytes = 16;
/** What a device token looks like: 48 bytes as base64url, which has no padding and no second spelling. */
const shape = /^[\w-]{64}$/;

/**
 * Tokens that make a device known for one account: 32 unguessable bytes and a code that binds them to the account. The
 * code spares the database: what was made up, or made for another account, is refused without a query.
 */
@Injectable()
export class DeviceTokens {
  private readonly key: Buffer;

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly random: Random,
  ) {
    this.key = deriveKey(config.pseudonymKey.current, 'devices');
  }

  issue(account: Buffer): string {
    const secret = this.random.bytes(secretBytes);
    return Buffer.concat([secret, this.mac(secret, account)]).toString('base64url');
  }

  /** The hash by which a token of this account is stored; null for anything else. */
  hashOf(token: string | null, account: Buffer): Buffer | null {
    if (token === null || !shape.test(token)) return null;
    const bytes = Buffer.from(token, 'base64url');
    const [secret, mac] = [bytes.subarray(0, secretBytes), bytes.subarray(secretBytes)];
    return equalInConstantTime(mac, this.mac(secret, account)) ? this.hash(token) : null;
  }

  hash(token: string): Buffer {
    return sha256(token);
  }

  private mac(secret: Buffer, account: Buffer): Buffer {
    return hmacSha256(this.key, secret, account).subarray(0, macBytes);
  }
}

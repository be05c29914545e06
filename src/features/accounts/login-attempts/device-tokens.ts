import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../../config/config.js';
import { deriveKey } from '../../../../config/secrets/derived-key.js';
import { Random } from '../../../ports/random.js';
import { equalInConstantTime, hmacSha256, sha256 } from '../../../crypto/hash.js';

const secretBytes = 32;
const macBytes = 16;
/** A device token: 48 bytes as base64url, which at that length has no padding and only one spelling. */
const shape = /^[\w-]{64}$/;

/**
 * Tokens that identify a known device of one account: 32 random bytes and a MAC that binds them to the account. The MAC
 * saves queries: a forged token, or one of another account, is rejected without the database.
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

  /** The hash by which a token of this account is stored; null for any other text. */
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

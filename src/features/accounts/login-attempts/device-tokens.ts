import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../../config/config.js';
import { deriveKey } from '../../../../config/secrets/derived-key.js';
import type { Secret } from '../../../../config/values/secret.js';
import { Random } from '../../../ports/random.js';
import type { AccountHashes } from './account-key.js';
import { equalInConstantTime, hmacSha256, sha256 } from '../../../crypto/hash.js';

const secretBytes = 32;
const macBytes = 16;
/** A device token: 48 bytes as base64url, which at that length has no padding and only one spelling. */
const shape = /^[\w-]{64}$/;

/** A device token whose MAC is right. */
export interface IssuedDevice {
  readonly token: string;
  /** By which it is stored. */
  readonly hash: Buffer;
  /** The hash of the address that it is stored with. */
  readonly account: Buffer;
  /** Issued under the key before the last rotation. */
  readonly isEarlier: boolean;
}

/**
 * Tokens that identify a known device of one account: 32 random bytes and a MAC that binds them to the account. The MAC
 * saves queries: a forged token, or one of another account, is rejected without the database.
 */
@Injectable()
export class DeviceTokens {
  private readonly key: Buffer;
  private readonly earlierKey: Buffer | null;

  constructor(
    @Inject(CONFIG) { pseudonymKey: { current, previous } }: Pick<Config, 'pseudonymKey'>,
    private readonly random: Random,
  ) {
    this.key = keyOf(current);
    this.earlierKey = previous === null ? null : keyOf(previous);
  }

  issue({ present }: AccountHashes): string {
    const secret = this.random.bytes(secretBytes);
    return Buffer.concat([secret, macOf(this.key, secret, present)]).toString('base64url');
  }

  /** A token of this account, issued under the present key or the earlier one; null for any other text. */
  read(token: string | null, { present, earlier }: AccountHashes): IssuedDevice | null {
    if (token === null || !shape.test(token)) return null;
    const bytes = Buffer.from(token, 'base64url');
    const [secret, mac] = [bytes.subarray(0, secretBytes), bytes.subarray(secretBytes)];
    if (equalInConstantTime(mac, macOf(this.key, secret, present)))
      return { token, hash: this.hash(token), account: present, isEarlier: false };
    if (earlier === null || this.earlierKey === null) return null;
    return equalInConstantTime(mac, macOf(this.earlierKey, secret, earlier))
      ? { token, hash: this.hash(token), account: earlier, isEarlier: true }
      : null;
  }

  hash(token: string): Buffer {
    return sha256(token);
  }
}

const keyOf = (secret: Secret): Buffer => deriveKey(secret, 'devices');

const macOf = (key: Buffer, secret: Buffer, account: Buffer): Buffer =>
  hmacSha256(key, secret, account).subarray(0, macBytes);

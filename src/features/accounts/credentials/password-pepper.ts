import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../../config/config.js';
import type { Secret } from '../../../../config/values/secret.js';
import { hmacSha256 } from '../../../crypto/hash.js';

/**
 * Sends the identity provider a keyed hash (HMAC) instead of the password. Brute force at the provider's own public
 * endpoint becomes useless, and its limit of 72 bytes no longer matters.
 */
@Injectable()
export class PasswordPepper {
  private readonly key: Buffer;
  private readonly previousKey: Buffer | null;
  private readonly acceptUnpeppered: boolean;

  constructor(@Inject(CONFIG) config: Config) {
    const { pepper, acceptUnpeppered } = config.passwords;
    this.key = bytesOf(pepper.current);
    this.previousKey = pepper.previous === null ? null : bytesOf(pepper.previous);
    this.acceptUnpeppered = acceptUnpeppered;
  }

  /** 43 characters. The same password in another Unicode normal form gives the same hash. */
  hash(password: string): string {
    return hashWith(this.key, password);
  }

  /**
   * What the provider may store for this password from before: the hash under the previous pepper, and, where accounts
   * older than the pepper are accepted, the plain password.
   */
  olderForms(password: string): OlderForm[] {
    return [
      ...(this.previousKey === null
        ? []
        : [{ text: hashWith(this.previousKey, password), isUnpeppered: false }]),
      ...(this.acceptUnpeppered && !looksHashed.test(password)
        ? [{ text: password, isUnpeppered: true }]
        : []),
    ];
  }
}

/** What the provider may store for a password from before. */
export interface OlderForm {
  readonly text: string;
  /** The plain password of an account that is older than the pepper. */
  readonly isUnpeppered: boolean;
}

/** The shape of our own hashes: a leaked hash must not be accepted as a password. */
const looksHashed = /^[\w-]{43}$/;

const bytesOf = (secret: Secret): Buffer => Buffer.from(secret.reveal(), 'base64');

const hashWith = (key: Buffer, password: string): string =>
  hmacSha256(key, password.normalize('NFC')).toString('base64url');

import { createHmac } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../config/config.js';

/**
 * What the identity provider gets instead of a password: a keyed hash. Guesses at the provider's own public endpoint
 * become useless, and its limit of 72 bytes no longer matters.
 */
@Injectable()
export class PasswordPepper {
  private readonly key: Buffer;

  constructor(@Inject(CONFIG) config: Config) {
    this.key = Buffer.from(config.passwords.pepper.current.reveal(), 'base64');
  }

  /** 43 characters. The same password in another Unicode normal form gives the same hash. */
  hash(password: string): string {
    return createHmac('sha256', this.key).update(password.normalize('NFC')).digest('base64url');
  }
}

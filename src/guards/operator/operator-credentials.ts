import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../config/config.js';
import type { BasicCredentials } from './basic-credentials.js';
import { equalInConstantTime, hmacSha256 } from '../../crypto/hash.js';

/**
 * ADMIN_USER, ADMIN_PASS and METRICS_TOKEN, compared in constant time: both sides are hashed under a key of this
 * process, so that timing reveals neither the length nor a common prefix.
 */
@Injectable()
export class OperatorCredentials {
  private readonly key = randomBytes(32);
  private readonly user: Buffer;
  private readonly password: Buffer;
  private readonly metricsToken: Buffer | null;

  constructor(@Inject(CONFIG) { operator, metrics }: Config) {
    this.user = this.hash(operator.user.normalize('NFC'));
    this.password = this.hash(operator.password.reveal().normalize('NFC'));
    this.metricsToken = metrics.token === null ? null : this.hash(metrics.token.reveal());
  }

  areThose({ user, password }: BasicCredentials): boolean {
    // Both are always compared (constant time).
    const isUser = equalInConstantTime(this.hash(user), this.user);
    const isPassword = equalInConstantTime(this.hash(password), this.password);
    return isUser && isPassword;
  }

  isMetricsToken(text: string): boolean {
    return this.metricsToken !== null && equalInConstantTime(this.hash(text), this.metricsToken);
  }

  private hash(text: string): Buffer {
    return hmacSha256(this.key, text);
  }
}

import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../config/config.js';
import type { BasicCredentials } from './basic-credentials.js';
import { equalInConstantTime, hmacSha256 } from '../../crypto/hash.js';

/**
 * ADMIN_USER with ADMIN_PASS, OPERATORS and METRICS_TOKEN, compared in constant time: both sides are hashed under a key of this
 * process, so that timing reveals neither the length nor a common prefix.
 */
@Injectable()
export class OperatorCredentials {
  private readonly key = randomBytes(32);
  private readonly operators: readonly {
    readonly name: string;
    readonly user: Buffer;
    readonly password: Buffer;
  }[];
  private readonly metricsToken: Buffer | null;

  constructor(@Inject(CONFIG) { operator, metrics }: Config) {
    const all = [{ name: operator.user, password: operator.password }, ...operator.named];
    this.operators = all.map(({ name, password }) => ({
      name,
      user: this.hash(name.normalize('NFC')),
      password: this.hash(password.reveal().normalize('NFC')),
    }));
    this.metricsToken = metrics.token === null ? null : this.hash(metrics.token.reveal());
  }

  /** The name of the operator; null where they are nobody's. */
  ownerOf({ user, password }: BasicCredentials): string | null {
    const shown = { user: this.hash(user), password: this.hash(password) };
    let owner: string | null = null;
    // All are compared, and both of each (constant time).
    for (const operator of this.operators) {
      const isUser = equalInConstantTime(shown.user, operator.user);
      const isPassword = equalInConstantTime(shown.password, operator.password);
      if (isUser && isPassword) owner = operator.name;
    }
    return owner;
  }

  isMetricsToken(text: string): boolean {
    return this.metricsToken !== null && equalInConstantTime(this.hash(text), this.metricsToken);
  }

  private hash(text: string): Buffer {
    return hmacSha256(this.key, text);
  }
}

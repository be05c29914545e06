import { Injectable } from '@nestjs/common';
import { accessTokenPolicy } from '../../config/policy/tokens.js';
import { Clock } from '../ports/clock.js';
import type { Caller } from './caller.js';

/**
 * Tokens whose signature and claims have been found good, by the header that carried them: a signature does not change.
 * Whether a token has expired or is revoked is asked again every time.
 */
@Injectable()
export class VerifiedTokens {
  private readonly callers = new Map<string, Caller>();

  constructor(private readonly clock: Clock) {}

  /** The caller of a header that was verified before; undefined when it was not, or has expired since. */
  find(authorization: string): Caller | undefined {
    const caller = this.callers.get(authorization);
    if (caller === undefined || caller.expiresAt * 1000 > this.clock.now()) return caller;
    this.callers.delete(authorization);
    return undefined;
  }

  keep(authorization: string, caller: Caller): void {
    if (this.callers.size >= accessTokenPolicy.verifiedAtMost) {
      const [oldest] = this.callers.keys();
      if (oldest !== undefined) this.callers.delete(oldest);
    }
    this.callers.set(authorization, caller);
  }
}

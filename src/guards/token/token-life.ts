import { Injectable } from '@nestjs/common';
import { Clock } from '../../ports/clock.js';
import { Revocations } from '../../ports/revocations.js';
import { claimsOf, type Caller } from '../route/caller.js';

/** Whether a token that opened something long-lived is still valid. */
@Injectable()
export class TokenLife {
  constructor(
    private readonly revocations: Revocations,
    private readonly clock: Clock,
  ) {}

  /** False also when it cannot be known. Answers at once where the database need not be asked; never rejects. */
  isAlive(caller: Caller): boolean | Promise<boolean> {
    if (this.clock.now() >= caller.expiresAt * 1000) return false;
    try {
      const revoked = this.revocations.isRevoked(claimsOf(caller));
      return typeof revoked === 'boolean'
        ? !revoked
        : revoked.then(
            (is) => !is,
            () => false,
          );
    } catch {
      return false;
    }
  }
}

import { responseTiming } from '../../../../config/policy/accounts/response-timing.js';

/** The smallest of the latest measurements: what a call costs by itself, without what else kept the provider busy. */
class LatestMinimum {
  private readonly latest: number[] = [];

  add(ms: number): void {
    if (this.latest.push(ms) > responseTiming.keptDurations) this.latest.shift();
  }

  get value(): number | null {
    return this.latest.length === 0 ? null : Math.min(...this.latest);
  }
}

/**
 * What the identity provider takes for a sign-in that it refuses without checking a password, and for one whose password it
 * checks: milliseconds, measured on the decoys themselves.
 */
export class DecoyCosts {
  private readonly lookups = new LatestMinimum();
  private readonly verifications = new LatestMinimum();

  lookedUp(ms: number): void {
    this.lookups.add(ms);
  }

  verified(ms: number): void {
    this.verifications.add(ms);
  }

  /**
   * Whether a sign-in of this duration was refused without a check of its password: it is nearer to a lookup than to a
   * check, by ratio. Null before both were measured.
   */
  isLookup(ms: number): boolean | null {
    const [lookup, verification] = [this.lookups.value, this.verifications.value];
    return lookup === null || verification === null ? null : ms < Math.sqrt(lookup * verification);
  }
}

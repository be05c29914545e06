import { alertPolicy } from '../../../../config/policy/operations/security-events.js';
import { BoundedCache } from '../../../cache/bounded-cache.js';

const quietMs = alertPolicy.quietSeconds * 1000;

/**
 * Deduplicates equal alerts: sends the first, and the first after each quiet time, with the number suppressed between.
 */
export class AlertThrottle {
  private readonly subjects = new BoundedCache<{ since: number; suppressed: number }>(alertPolicy.subjects);
  private windowSince = -Infinity;
  private sent = 0;
  private overflow = 0;

  /** The number suppressed before this alert; null when this one is suppressed. `now` in milliseconds. */
  admit(subject: string, now: number, isCritical = false): number | null {
    const known = this.subjects.get(subject);
    if (known !== undefined && now - known.since < quietMs) {
      known.suppressed++;
      return null;
    }
    if (now - this.windowSince >= quietMs) {
      this.windowSince = now;
      this.sent = 0;
    }
    // CRITICAL alerts get twice the limit, so that lower ones cannot exhaust it.
    if (this.sent >= alertPolicy.perMinute * (isCritical ? 2 : 1)) {
      this.overflow++;
      return null;
    }
    this.sent++;
    const suppressed = (known?.suppressed ?? 0) + this.overflow;
    this.overflow = 0;
    this.remember(subject, now);
    return suppressed;
  }

  private remember(subject: string, now: number): void {
    this.subjects.delete(subject);
    this.subjects.set(subject, { since: now, suppressed: 0 });
  }
}

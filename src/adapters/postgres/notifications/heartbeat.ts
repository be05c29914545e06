import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import type { RotatingKey } from '../../../../config/config.js';
import { feedPolicy } from '../../../../config/policy/operations/feed.js';
import { deriveKey } from '../../../../config/secrets/derived-key.js';

import { equalInConstantTime, hmacSha256 } from '../../../crypto/hash.js';

const { beatEveryMs, beatAloneMs, beatJitterMs, clockEveryMs, clockAgainMs } = feedPolicy;
/** By how much two clocks may move apart while neither is set: twice what clocks are slewed by at most. */
const drift = 0.001;

/** The database's time in microseconds since the epoch, who sent it, and the HMAC-SHA-256 of both. */
const form = /^((\d{15,16}) [0-9a-f]{16}) ([0-9a-f]{64})$/;

/**
 * The heartbeats of all instances, which every instance hears: one is sent by whoever has heard none for a while, so that there are as many
 * of them for one instance as for hundreds. What counts is when one was sent, not when it was read: one that waited on the socket during a pause of this
 * process proves nothing about the time since. So it carries the time of the database, signed, for anybody who may connect can send any text.
 *
 * Times are milliseconds of this process's monotonic clock. Those of the database are put on it by when this process asked the database for the time: a
 * heartbeat counts as sent a little earlier than it was, and never later.
 */
export class Heartbeat {
  private readonly id = randomBytes(8).toString('hex');
  /** The first one signs; the signatures of all are accepted. */
  private readonly keys: readonly KeyObject[];
  /** When the database's clock was zero. */
  private zero: number | null = null;
  private clockAt = -Infinity;
  private latest = -Infinity;
  private due = -Infinity;
  /** Of a heartbeat that seems to be sent later than now: one of the clocks was set, and it is judged once they were compared again. */
  private unjudged: number | null = null;
  private waiting: { readonly since: number; readonly resolve: () => void }[] = [];

  /** Of a secret that all instances have. */
  constructor({ current, previous }: RotatingKey) {
    this.keys = [current, ...(previous === null ? [] : [previous])].map((secret) =>
      createSecretKey(deriveKey(secret, 'feed/heartbeat')),
    );
  }

  /** When the latest heartbeat that was heard was sent. */
  get provenAt(): number {
    return this.latest;
  }

  /** When this instance is to send one, if it hears none until then. */
  get dueAt(): number {
    return this.due;
  }

  /** Whether the database is to be asked for its time. */
  isClockOld(now = performance.now()): boolean {
    return now - this.clockAt > (this.unjudged === null ? clockEveryMs : clockAgainMs);
  }

  /** Resolves when a heartbeat that was sent at `moment` or later is heard. */
  provenSince(moment: number): Promise<void> {
    return new Promise((resolve) => this.waiting.push({ since: moment, resolve }));
  }

  /** Nobody needs to be heard before then. */
  postpone(moment: number): void {
    this.due = moment;
  }

  /**
   * The database's time, in microseconds since the epoch, as it was between two moments. The latest possible one is not taken, and of several
   * answers that agree the narrowest counts: one that took long would make every heartbeat seem old.
   */
  readClock(microseconds: number, askedAt: number, answeredAt: number): void {
    const [earliest, latest] = [askedAt - microseconds / 1000, answeredAt - microseconds / 1000];
    const known = this.zero === null ? -Infinity : this.zero - (askedAt - this.clockAt) * drift;
    this.zero = known > latest ? earliest : Math.max(earliest, known);
    this.clockAt = askedAt;
    const { unjudged } = this;
    this.unjudged = null;
    if (unjudged !== null) this.judge(unjudged, false, answeredAt);
  }

  /** The text of a heartbeat; `microseconds`: what the database's clock has shown before. */
  text(microseconds: number): string {
    const told = `${String(microseconds)} ${this.id}`;
    return `${told} ${this.macs(told)[0] ?? ''}`;
  }

  /** Any other text is ignored, and so is one that was heard before. */
  heard(text: string, now = performance.now()): void {
    const [, told, microseconds, mac] = form.exec(text) ?? [];
    if (told === undefined || mac === undefined) return;
    if (!this.macs(told).some((own) => equalInConstantTime(own, mac))) return;
    this.judge(Number(microseconds), told.endsWith(this.id), now);
  }

  private judge(microseconds: number, isOwn: boolean, now: number): void {
    const sentAt = this.zero === null ? Infinity : this.zero + microseconds / 1000;
    if (sentAt > now) {
      this.unjudged = Math.max(microseconds, this.unjudged ?? 0);
      return;
    }
    if (sentAt <= this.latest) return;
    this.latest = sentAt;
    // Whoever has sent the latest sends the next; all others wait for it, each another while.
    this.due = sentAt + beatEveryMs + (isOwn ? 0 : beatAloneMs + Math.random() * beatJitterMs);
    for (const { since, resolve } of this.waiting) if (since <= sentAt) resolve();
    this.waiting = this.waiting.filter(({ since }) => since > sentAt);
  }

  private macs(told: string): readonly string[] {
    return this.keys.map((key) => hmacSha256(key, 'velro heartbeat\n', told).toString('hex'));
  }
}

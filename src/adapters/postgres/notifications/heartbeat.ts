import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import type { RotatingKey } from '../../../../config/config.js';
import { feedPolicy } from '../../../../config/policy/operations/feed.js';
import { deriveKey } from '../../../../config/secrets/derived-key.js';
import { equalInConstantTime, hmacSha256 } from '../../../crypto/hash.js';

const { beatEveryMs, beatAloneMs, beatJitterMs, clockEveryMs, clockAgainMs, clockWidthMs, drift } =
  feedPolicy;

/** Own heartbeats under way at most; older ones have been lost with their connection. */
const maxUnderWay = 16;
/** The database's time in microseconds since the epoch, who sent it, and the HMAC-SHA-256 of both. */
const form = /^((\d{15,16}) [0-9a-f]{16}) ([0-9a-f]{64})$/;

/**
 * The heartbeats of all instances, which every instance hears: one is sent by whoever has heard none for a while, so that there are as many
 * of them for one instance as for hundreds. What counts is when one was sent, not when it was read: one that waited on the socket during a pause of this
 * process proves nothing about the time since. So it carries the time of the database, signed, for anybody who may connect can send any text.
 *
 * Times are milliseconds of this process's monotonic clock. Between two moments of it the database has shown its own: so it is known within what bounds the
 * two clocks lie apart, and a heartbeat is sent with the earliest and heard with the earliest time that they allow. Of its own ones an instance knows
 * when it sent them.
 */
export class Heartbeat {
  private readonly id = randomBytes(8).toString('hex');
  /** The first one signs; the signatures of all are accepted. */
  private readonly keys: readonly KeyObject[];
  /** When the database's clock was zero: at the earliest, and at the latest. */
  private zero: { readonly earliest: number; readonly latest: number } | null = null;
  private clockAt = -Infinity;
  /** When own heartbeats were sent that have not come back, by the time that they carry. */
  private readonly underWay = new Map<number, number>();
  private proven = -Infinity;
  private due = -Infinity;
  /** Of a heartbeat that cannot be judged before the clocks were compared again. */
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
    return this.proven;
  }

  /** When this instance is to send one, if it hears none until then. */
  get dueAt(): number {
    return this.due;
  }

  /** Whether the database is to be asked for its time. */
  isClockOld(now = performance.now()): boolean {
    const isUncertain = this.unjudged !== null || this.width > clockWidthMs;
    return now - this.clockAt > (isUncertain ? clockAgainMs : clockEveryMs);
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
   * The database's time, in microseconds since the epoch, as it was between two moments. What was known stays, but for what clocks may have moved apart
   * since, unless this answer contradicts it, or took so long that it could not.
   */
  readClock(microseconds: number, askedAt: number, answeredAt: number): void {
    const [earliest, latest] = [askedAt - microseconds / 1000, answeredAt - microseconds / 1000];
    const slack = (askedAt - this.clockAt) * drift;
    const known =
      this.zero === null || latest - earliest > clockWidthMs
        ? { earliest, latest }
        : { earliest: this.zero.earliest - slack, latest: this.zero.latest + slack };
    const both = { earliest: Math.max(earliest, known.earliest), latest: Math.min(latest, known.latest) };
    this.zero = both.earliest > both.latest ? { earliest, latest } : both;
    this.clockAt = askedAt;
    const { unjudged } = this;
    this.unjudged = null;
    // Once: one that still seems to come from later is none of now.
    if (unjudged !== null) this.judge(unjudged, answeredAt);
  }

  /** The text of a heartbeat that is sent now. @throws Error as long as the database's time is not known */
  text(now = performance.now()): string {
    if (this.zero === null) throw new Error('the time of the database is not known');
    const microseconds = Math.floor((now - this.zero.latest - (now - this.clockAt) * drift) * 1000);
    const told = `${String(microseconds)} ${this.id}`;
    const [oldest] = this.underWay.keys();
    if (this.underWay.size >= maxUnderWay && oldest !== undefined) this.underWay.delete(oldest);
    this.underWay.set(microseconds, now);
    return `${told} ${this.macs(told)[0] ?? ''}`;
  }

  /**
   * Any other text is ignored, and so is one that was heard before. `clocksSince`: the clocks must have been compared later, for one of them may have
   * been set while this process stood still.
   */
  heard(text: string, clocksSince = -Infinity, now = performance.now()): void {
    const [, told, microseconds, mac] = form.exec(text) ?? [];
    if (told === undefined || mac === undefined) return;
    if (!this.macs(told).some((own) => equalInConstantTime(own, mac))) return;
    const time = Number(microseconds);
    if (told.endsWith(this.id)) {
      this.prove(this.underWay.get(time) ?? -Infinity);
      this.underWay.delete(time);
    } else if (this.clockAt < clocksSince || !this.judge(time, now)) this.unjudged = time;
  }

  /** The bounds within which the two clocks lie apart. */
  private get width(): number {
    return this.zero === null ? Infinity : this.zero.latest - this.zero.earliest;
  }

  /** Of another instance. False for one that seems to be sent later than now: one of the clocks was set. */
  private judge(microseconds: number, now: number): boolean {
    if (this.zero === null) return false;
    const sentAt = this.zero.earliest - (now - this.clockAt) * drift + microseconds / 1000;
    if (sentAt > now) return false;
    // Whoever has sent the latest sends the next; all others wait for it, each another while. From now on, however long it was on its way.
    if (this.prove(sentAt)) this.due = now + beatEveryMs + beatAloneMs + Math.random() * beatJitterMs;
    return true;
  }

  /** Whether it is the latest. */
  private prove(sentAt: number): boolean {
    if (sentAt <= this.proven) return false;
    this.proven = sentAt;
    for (const { since, resolve } of this.waiting) if (since <= sentAt) resolve();
    this.waiting = this.waiting.filter(({ since }) => since > sentAt);
    return true;
  }

  private macs(told: string): readonly string[] {
    return this.keys.map((key) => hmacSha256(key, 'velro heartbeat\n', told).toString('hex'));
  }
}

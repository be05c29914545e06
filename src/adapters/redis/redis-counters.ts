import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { Secret } from '../../../config/values/secret.js';
import { Counters, type Bucket, type Decision } from '../../ports/counters.js';
import { bucketHash } from '../counting/bucket-hash.js';
import { decisionOf } from '../counting/decision-of.js';
import { giveBackScript, takeScript, type Script } from './count-scripts.js';
import { connectionOptions } from './connection-options.js';

/** Milliseconds that a decision may take. */
const answerWithinMs = 250;
/** Milliseconds that the start waits for the first connection. */
const openWithinMs = 1000;

/**
 * The counters that instances share: one script a decision, on the clock of the server alone. Rejects at once while there is
 * no connection, and after a quarter of a second when there is no answer; it connects again in the background.
 */
export class RedisCounters extends Counters {
  private readonly redis: Redis;
  /** No two decisions of all instances have the same id. */
  private readonly instance = randomUUID();
  private decisions = 0;

  constructor(url: Secret, onTrouble: (error: unknown) => void) {
    super();
    this.redis = new Redis(connectionOptions(url));
    // Without a listener the library writes to the terminal by itself.
    this.redis.on('error', onTrouble);
  }

  /** Begins to connect. Resolves when that is done, has failed for the first time, or takes too long. */
  async open(): Promise<void> {
    const connected = this.redis.connect().catch(() => undefined);
    await Promise.race([connected, sleep(openWithinMs, undefined, { ref: false })]);
  }

  close(): void {
    this.redis.disconnect();
  }

  async take(buckets: readonly Bucket[]): Promise<Decision> {
    const receipt = `${this.instance}:${++this.decisions}`;
    const answer = await this.run(takeScript, buckets, receipt);
    if (!Array.isArray(answer) || answer.length !== 2 * buckets.length)
      throw new Error('Redis answered something else than a decision');
    const numbers = answer.map(Number);
    const rooms = numbers.filter((_, at) => at % 2 === 0);
    const waits = numbers.filter((_, at) => at % 2 === 1);
    return decisionOf(rooms, waits, receipt);
  }

  async giveBack(buckets: readonly Bucket[], receipt: string): Promise<void> {
    if (receipt !== '') await this.run(giveBackScript, buckets, receipt);
  }

  private async run({ lua, sha1 }: Script, buckets: readonly Bucket[], receipt: string): Promise<unknown> {
    const keys = buckets.map((bucket) => `velro:count:{${bucketHash(bucket).toString('base64url')}}`);
    const values = buckets.flatMap(({ strategy, limit, windowSeconds }) => [
      strategy,
      limit,
      windowSeconds * 1e6,
    ]);
    const rest = [keys.length, ...keys, receipt, ...values] as const;
    return this.inTime(
      this.redis.evalsha(sha1, ...rest).catch((error: unknown) => {
        // After a restart it has forgotten its scripts; nothing was done.
        if (error instanceof Error && error.message.startsWith('NOSCRIPT'))
          return this.redis.eval(lua, ...rest);
        throw error;
      }),
    );
  }

  private inTime<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      let settled = false;
      const late = (): void => {
        if (settled) return;
        reject(new Error(`Redis did not answer within ${answerWithinMs} ms`));
        // What waits behind it fails with it: a connection that hangs collects no commands.
        this.redis.disconnect(true);
      };
      // An answer may have come while this process was busy itself: it is read before the turn ends.
      const timer = setTimeout(() => setImmediate(late), answerWithinMs);
      work.then(resolve, reject).finally(() => {
        settled = true;
        clearTimeout(timer);
      });
    });
  }
}

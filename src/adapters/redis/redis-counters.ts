import type { Socket } from 'node:net';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import type { Secret } from '../../../config/values/secret.js';
import { Counters, type Bucket, type Decision } from '../../ports/counters.js';
import { bucketHash } from '../counting/bucket-hash.js';
import { decisionOf } from '../counting/decision-of.js';
import { giveBackScript, takeScript, type Script } from './count-scripts.js';
import { connectionOptions } from './connection-options.js';
import { redisClient } from './redis-client.js';

/** Timeout of a decision in milliseconds. */
const answerWithinMs = 250;
/** Timeout of the first connection at start in milliseconds. */
const openWithinMs = 1000;

/**
 * Shared counters in Redis: one script per decision, by the server's clock. Rejects at once without a connection, and
 * after a quarter of a second without an answer; reconnects in the background.
 */
export class RedisCounters extends Counters {
  private readonly redis: Redis;
  /** Makes decision ids unique across instances. */
  private readonly instance = randomUUID();
  private decisions = 0;

  /** `onStream`: told of each stream to the server. */
  constructor(
    url: Secret,
    onTrouble: (error: unknown) => void,
    onStream: (stream: Socket) => void = () => undefined,
  ) {
    super();
    this.redis = redisClient(connectionOptions(url), onStream);
    // Without a listener the library writes to the terminal by itself.
    this.redis.on('error', onTrouble);
  }

  /** Starts connecting. Resolves when connected, after the first failure, or after the timeout. */
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
        // NOSCRIPT after a restart of Redis: nothing was executed.
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
        // Pending commands fail with it: a hanging connection must not queue commands.
        this.redis.disconnect(true);
      };
      // An answer may have arrived while the event loop was blocked: setImmediate lets it be read first.
      const timer = setTimeout(() => setImmediate(late), answerWithinMs);
      work.then(resolve, reject).finally(() => {
        settled = true;
        clearTimeout(timer);
      });
    });
  }
}

import { randomBytes, randomFillSync, randomUUID } from 'node:crypto';
import { Clock } from '../../ports/clock.js';
import { Random } from '../../ports/random.js';

export class SystemClock extends Clock {
  now(): number {
    return Date.now();
  }

  monotonic(): number {
    return Math.floor(performance.now());
  }
}

/** Bytes that are asked of the system at a time: each time costs as much as an HMAC, and an audited effect would pay it twice. */
const pooled = 4096;

export class SystemRandom extends Random {
  private readonly pool = Buffer.alloc(pooled);
  private used = pooled;

  uuid(): string {
    return randomUUID();
  }

  timeOrderedUuid(): string {
    const bytes = this.bytes(16);
    bytes.writeUIntBE(Date.now(), 0, 6);
    bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
    bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
    const hex = bytes.toString('hex');
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
  }

  bytes(count: number): Buffer {
    if (count > pooled / 16) return randomBytes(count);
    if (this.used + count > pooled) {
      randomFillSync(this.pool);
      this.used = 0;
    }
    const bytes = Buffer.from(this.pool.subarray(this.used, this.used + count));
    // What was given away is in no other place.
    this.pool.fill(0, this.used, this.used + count);
    this.used += count;
    return bytes;
  }
}

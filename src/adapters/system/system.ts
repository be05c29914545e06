import { randomBytes, randomUUID } from 'node:crypto';
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

export class SystemRandom extends Random {
  uuid(): string {
    return randomUUID();
  }

  timeOrderedUuid(): string {
    const bytes = randomBytes(16);
    bytes.writeUIntBE(Date.now(), 0, 6);
    bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
    bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
    const hex = bytes.toString('hex');
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
  }

  bytes(count: number): Buffer {
    return randomBytes(count);
  }
}

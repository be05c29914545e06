import { Readable, pipeline } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { troubleOf } from '../../../test/support/generations/remote-trouble.js';
import { MeasuredBody } from './measured-body.js';

const passed = (source: Readable, maxBytes: number, announced: number | null): Promise<Buffer> => {
  const body = new MeasuredBody(maxBytes, announced);
  pipeline(source, body, () => undefined);
  return buffer(body);
};
const thousand = (): Readable => Readable.from([Buffer.alloc(600), Buffer.alloc(400)]);

describe('a body', () => {
  it('passes through when it has the declared length, or none is declared', async () => {
    expect(await passed(thousand(), 1000, 1000)).toHaveLength(1000);
    expect(await passed(thousand(), 1000, null)).toHaveLength(1000);
    expect(await passed(Readable.from([]), 1000, 0)).toHaveLength(0);
  });

  it('fails when it is not as long as declared', async () => {
    expect(await troubleOf(passed(thousand(), 2000, 1001))).toBe('unreachable');
    expect(await troubleOf(passed(thousand(), 2000, 999))).toBe('unreachable');
  });

  it('is cut off when it is too long', async () => {
    expect(await troubleOf(passed(thousand(), 999, null))).toBe('too_large');
  });

  it('is unreachable when its connection breaks', async () => {
    const broken = new Readable({ read: () => undefined });
    broken.push(Buffer.alloc(10));
    setImmediate(() => broken.destroy(new Error('ECONNRESET')));
    expect(await troubleOf(passed(broken, 1000, null))).toBe('unreachable');
  });
});

import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { until } from '../../../test/support/process/wait-until.js';
import { BodyPace } from './body-pace.js';

const short = { windowMs: 60, leastBytes: 100 };
/** Where something has to come within it: longer than a machine that is busy stands still. */
const long = { windowMs: 1500, leastBytes: 100 };

const read = async (
  pace: typeof short,
  source: AsyncIterable<Buffer>,
  after: (bytes: number) => Promise<unknown>,
) => {
  let bytes = 0;
  for await (const piece of new BodyPace(pace).of(source)) {
    bytes += piece.length;
    await after(bytes);
  }
  return bytes;
};
const passed = (ms: number): Promise<number> => {
  const since = performance.now();
  return until(() => performance.now() - since > ms, 'the time');
};

describe('the pace of a body', () => {
  it('ends one that brings nothing, at the end of its window', async () => {
    const source = new PassThrough();
    const since = performance.now();
    const end = setTimeout(() => source.end(), 20 * short.windowMs);
    const refused = read(short, source, () => Promise.resolve());
    await expect(refused).rejects.toMatchObject({ code: 'request_timeout', status: 408 });
    expect(performance.now() - since).toBeGreaterThanOrEqual(short.windowMs - 1);
    clearTimeout(end);
    source.destroy();
  });

  it('ends one that brings fewer bytes than the least in a window, though it never stops', async () => {
    const source = new PassThrough();
    const since = performance.now();
    const sender = setInterval(() => {
      if (performance.now() - since > 20 * short.windowMs) source.end();
      else source.write('x');
    }, 5);
    await expect(read(short, source, () => Promise.resolve())).rejects.toMatchObject({
      code: 'request_timeout',
    });
    clearInterval(sender);
    source.destroy();
  });

  it('lets one come for many windows that brings the least bytes in each', async () => {
    const source = new PassThrough();
    const sender = setInterval(() => source.write(Buffer.alloc(long.leastBytes)), 5);
    const since = performance.now();
    const all = read(long, source, () => {
      if (performance.now() - since > 2 * long.windowMs) source.end();
      return Promise.resolve();
    });
    source.once('finish', () => {
      clearInterval(sender);
    });
    source.on('error', () => undefined);
    expect(await all).toBeGreaterThan(5 * long.leastBytes);
  });

  it('counts no time in which the service is at work on what came', async () => {
    const source = new PassThrough();
    source.write('x');
    const all = read(long, source, async (bytes) => {
      await passed(2 * long.windowMs);
      setTimeout(() => (bytes === 1 ? source.write('x') : source.end()), long.windowMs / 3);
    });
    expect(await all).toBe(2);
  });
});

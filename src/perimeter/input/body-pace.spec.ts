import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { until } from '../../../test/support/process/wait-until.js';
import { BodyPace } from './body-pace.js';

const pace = { windowMs: 60, leastBytes: 100 };

const read = async (source: AsyncIterable<Buffer>, after: (bytes: number) => Promise<unknown>) => {
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
    const end = setTimeout(() => source.end(), 20 * pace.windowMs);
    const refused = read(source, () => Promise.resolve());
    await expect(refused).rejects.toMatchObject({ code: 'request_timeout', status: 408 });
    expect(performance.now() - since).toBeGreaterThanOrEqual(pace.windowMs - 1);
    clearTimeout(end);
    source.destroy();
  });

  it('ends one that brings fewer bytes than the least in a window, though it never stops', async () => {
    const source = new PassThrough();
    const since = performance.now();
    const sender = setInterval(() => {
      if (performance.now() - since > 20 * pace.windowMs) source.end();
      else source.write('x');
    }, 5);
    await expect(read(source, () => Promise.resolve())).rejects.toMatchObject({ code: 'request_timeout' });
    clearInterval(sender);
    source.destroy();
  });

  it('lets one come for many windows that brings the least bytes in each', async () => {
    const source = new PassThrough();
    const sender = setInterval(() => source.write(Buffer.alloc(pace.leastBytes)), 5);
    const since = performance.now();
    const all = read(source, () => {
      if (performance.now() - since > 5 * pace.windowMs) source.end();
      return Promise.resolve();
    });
    source.once('finish', () => {
      clearInterval(sender);
    });
    source.on('error', () => undefined);
    expect(await all).toBeGreaterThan(5 * pace.leastBytes);
  });

  it('counts no time in which the service is at work on what came', async () => {
    const source = new PassThrough();
    source.write('x');
    const all = read(source, async (bytes) => {
      await passed(2 * pace.windowMs);
      setTimeout(() => (bytes === 1 ? source.write('x') : source.end()), pace.windowMs / 3);
    });
    expect(await all).toBe(2);
  });
});

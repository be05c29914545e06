import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { mediaPolicy } from '../../../config/policy/generations/media.js';
import { noise, picture } from '../../../test/support/generations/pictures.js';
import { projectRoot } from '../../../test/support/process/project-root.js';
import { until } from '../../../test/support/process/wait-until.js';
import { processes } from '../../../test/support/process/embedded-processes.js';
import { MediaRefused } from '../../ports/media-refused.js';
import { PictureDecoderFailed, type PictureRules } from '../../ports/picture-decoder.js';
import { ChildPictureDecoder } from './child-picture-decoder.js';

const file = join(projectRoot, 'dist/src/adapters/pictures/picture-decoder.child.js');
const rules: PictureRules = { maxPixels: 25_000_000, fitPixels: null, cpuSeconds: 30, isGenerated: false };
const never = new AbortController().signal;

describe('a decoder in a process of its own', () => {
  let costly: Buffer;
  beforeAll(async () => {
    costly = await sharp(await noise(2400, 2000))
      .png()
      .toBuffer();
  });
  let decoder = new ChildPictureDecoder(file);
  const mine = (): number[] =>
    processes()
      .filter(({ parent, command }) => parent === process.pid && command.includes(file))
      .map(({ pid }) => pid);
  afterEach(async () => {
    decoder.close();
    await until(() => mine().length === 0, 'the end of every process');
    decoder = new ChildPictureDecoder(file);
  });
  afterAll(() => {
    decoder.close();
  });

  it('decodes one picture after the other in the same process', async () => {
    for (const format of ['png', 'jpeg', 'webp'] as const)
      expect(await decoder.decode(await picture(format), rules, never)).toMatchObject({
        width: 64,
        height: 32,
      });
    expect(mine()).toHaveLength(1);
  });

  it('scales a larger picture down while it is decoded, and leaves a smaller one', async () => {
    const fitted = await decoder.decode(costly, { ...rules, fitPixels: 1_000_000 }, never);
    expect(fitted.width * fitted.height).toBeLessThanOrEqual(1_000_000);
    expect(fitted.width * fitted.height).toBeGreaterThan(950_000);
    expect(fitted.width / fitted.height).toBeCloseTo(1.2, 2);
    const small = await decoder.decode(await picture('png'), { ...rules, fitPixels: 1_000_000 }, never);
    expect([small.width, small.height]).toEqual([64, 32]);
  });

  it('refuses what its rules refuse, and names the reason for the log', async () => {
    const refused = decoder.decode(costly, { ...rules, maxPixels: 1000 }, never);
    await expect(refused).rejects.toBeInstanceOf(MediaRefused);
    await expect(refused).rejects.toMatchObject({
      code: 'media_too_large',
      cause: expect.objectContaining({ message: 'has 2400 x 2000 pixels' }),
    });
  });

  it('is ended when a picture costs more processor time than it may, and the next picture gets another', async () => {
    const next = await picture('png');
    await decoder.decode(next, rules, never);
    const [before] = mine();
    const refused = decoder.decode(costly, { ...rules, cpuSeconds: 0.1 }, never);
    await expect(refused).rejects.toMatchObject({
      code: 'media_refused',
      cause: expect.objectContaining({ message: 'costs too much to decode' }),
    });
    // At once, while its own end is not seen yet.
    expect((await decoder.decode(next, rules, never)).width).toBe(64);
    await until(() => before !== undefined && !mine().includes(before), 'the end of the process');
  });

  it('is ended by an abort at once, whatever it does, and never used again', async () => {
    const [caller, next] = [new AbortController(), await picture('png')];
    const decoding = decoder.decode(costly, rules, caller.signal);
    await until(() => mine().length === 1, 'the process');
    const [ended] = mine();
    caller.abort(new Error('the request is over'));
    await expect(decoding).rejects.toThrow('the request is over');
    expect((await decoder.decode(next, rules, never)).width).toBe(64);
    await until(() => ended !== undefined && !mine().includes(ended), 'the end of the process');
    expect(mine()).toHaveLength(1);
  });

  it('that is killed refuses nothing for good', async () => {
    const decoding = decoder.decode(costly, rules, never);
    await until(() => mine().length === 1, 'the process');
    process.kill(mine()[0] ?? 0, 'SIGKILL');
    await expect(decoding).rejects.toBeInstanceOf(PictureDecoderFailed);
    expect((await decoder.decode(await picture('png'), rules, never)).width).toBe(64);
  });

  it('ends with the service that it decodes for', async () => {
    const decoding = decoder.decode(costly, rules, never);
    await until(() => mine().length === 1, 'the process');
    decoder.close();
    await expect(decoding).rejects.toBeInstanceOf(PictureDecoderFailed);
    await expect(decoder.decode(costly, rules, never)).rejects.toBeInstanceOf(PictureDecoderFailed);
  });

  it('decodes several at once, each in its own process', async () => {
    const all = await Promise.all(
      Array.from({ length: mediaPolicy.decodedAtOnce }, async () =>
        decoder.decode(await picture('webp'), rules, never),
      ),
    );
    expect(all).toHaveLength(mediaPolicy.decodedAtOnce);
    expect(mine()).toHaveLength(mediaPolicy.decodedAtOnce);
  });
});

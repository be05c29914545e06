import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { drawing, noise } from '../../../test/support/generations/pictures.js';
import { withEmptyScans } from '../../../test/support/generations/jpeg-scans.js';
import { mediaPolicy } from '../../../config/policy/generations/media.js';
import { scansOf } from './jpeg-scans.js';
import { readPicture } from './picture.js';

const detailed = async (progressive: boolean): Promise<Buffer> =>
  drawing(300, 200)
    .composite([{ input: await noise(300, 200) }])
    .jpeg({ progressive })
    .toBuffer();

describe('the scans of a JPEG', () => {
  it('are one of a sequential and about ten of a progressive picture', async () => {
    expect(scansOf(await detailed(false))).toBe(1);
    const scans = scansOf(await detailed(true));
    expect(scans).toBeGreaterThan(3);
    expect(scans).toBeLessThan(20);
  });

  it.each([2000, 15_000])(
    'are counted though %i of them are empty, and the picture is refused unread',
    async (more) => {
      const bytes = withEmptyScans(await detailed(true), more);
      expect(scansOf(bytes)).toBeGreaterThanOrEqual(more);
      await expect(readPicture(bytes)).rejects.toMatchObject({
        code: 'media_refused',
        cause: expect.objectContaining({ message: 'has too many scans' }),
      });
    },
  );

  it('that an encoder writes are accepted', async () => {
    expect((await readPicture(await detailed(true))).width).toBe(300);
    expect(mediaPolicy.picture.maxScans).toBeGreaterThan(5 * scansOf(await detailed(true)));
  });

  it('are counted in linear time, whatever the bytes', () => {
    for (const bytes of [
      Buffer.alloc(1_000_000, 0xff),
      Buffer.alloc(1_000_000, Buffer.from([0xff, 0xda, 0, 0])),
      Buffer.alloc(1_000_000, Buffer.from([0xff, 0xd0])),
      randomBytes(1_000_000),
      Buffer.from([0xff, 0xd8, 0xff]),
      Buffer.alloc(0),
    ])
      expect(scansOf(bytes)).toBeGreaterThanOrEqual(0);
    expect(scansOf(Buffer.alloc(1_000_000, Buffer.from([0xff, 0xda, 0, 0])))).toBeGreaterThan(100_000);
  });
});

import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { mediaPolicy } from '../../../config/policy/generations/media.js';
import {
  animated,
  archive,
  drawing,
  hugePng,
  marker,
  noise,
  picture,
  pictureFormats,
  pngChunk,
  script,
  talkative,
  withJpegComment,
  withPngChunk,
} from '../../../test/support/generations/pictures.js';
import { mp4 } from '../../../test/support/generations/videos.js';
import {
  madeByModel,
  metadataOf,
  sourceTypesIn,
} from '../../../test/support/generations/picture-metadata.js';
import { MediaRefused } from '../../ports/media-refused.js';
import { generatedXmp, withPngXmp } from './digital-source-type.js';
import { readPicture } from './picture.js';

const types = { png: 'image/png', jpeg: 'image/jpeg', webp: 'image/webp' } as const;
const extensions = { png: 'png', jpeg: 'jpg', webp: 'webp' } as const;

/** The colours of the left and of the right half. */
async function halves(bytes: Uint8Array): Promise<number[][]> {
  const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
  const at = (x: number): number[] => {
    const start = (Math.floor(info.height / 2) * info.width + x) * info.channels;
    return [...data.subarray(start, start + 3)];
  };
  return [at(2), at(info.width - 3)];
}

const isNear = (values: readonly number[], wanted: readonly number[]): boolean =>
  values.length === wanted.length && values.every((value, at) => Math.abs(value - (wanted[at] ?? 0)) <= 24);

describe('a received picture', () => {
  it.each(pictureFormats)('keeps its format %s, its size and its colours', async (format) => {
    const read = await readPicture(await picture(format));
    expect(read).toMatchObject({
      contentType: types[format],
      extension: extensions[format],
      width: 64,
      height: 32,
    });
    expect((await sharp(read.bytes).metadata()).format).toBe(format);
    expect(isNear((await halves(read.bytes)).flat(), [255, 0, 0, 0, 0, 255])).toBe(true);
  });

  it('keeps its transparency and is reduced to 8 bits', async () => {
    const deep = await drawing().ensureAlpha(0.5).toColourspace('rgb16').png().toBuffer();
    const metadata = await sharp((await readPicture(deep)).bytes).metadata();
    expect([metadata.hasAlpha, metadata.depth]).toEqual([true, 'uchar']);
  });

  it.each(pictureFormats)('as %s is turned upright before its orientation is removed', async (format) => {
    const read = await readPicture(await talkative(format, 8));
    expect([read.width, read.height]).toEqual([32, 64]);
    expect((await sharp(read.bytes).metadata()).orientation).toBeUndefined();
  });
});

describe('a picture with more than pixels', () => {
  const carriers: readonly [string, () => Promise<Buffer>][] = [
    ...pictureFormats.flatMap((format): [string, () => Promise<Buffer>][] => [
      [`EXIF with a place, XMP and a profile in ${format}`, () => talkative(format)],
      [`an archive behind ${format}`, async () => Buffer.concat([await picture(format), archive])],
      [`a page behind ${format}`, async () => Buffer.concat([await picture(format), Buffer.from(script)])],
    ]),
    ['a comment in JPEG', async () => withJpegComment(await picture('jpeg'), script)],
    [
      'a text in PNG',
      async () => withPngChunk(await picture('png'), 'tEXt', Buffer.from(`Comment\0${script}`)),
    ],
    ['a chunk of nobody in PNG', async () => withPngChunk(await picture('png'), 'evIl', archive)],
    [
      'a profile that is a page in PNG',
      async () => {
        const profile = Buffer.concat([Buffer.from('p\0\0', 'latin1'), Buffer.from(script)]);
        return withPngChunk(await picture('png'), 'iCCP', profile);
      },
    ],
  ];

  it.each(carriers)('is stored without %s', async (_what, make) => {
    const read = await readPicture(await make());
    expect([read.width, read.height]).toEqual([64, 32]);
    const text = Buffer.from(read.bytes).toString('latin1');
    for (const never of [
      marker,
      'script',
      'PK\x03\x04',
      'PK\x05\x06',
      'xmpmeta',
      'Exif',
      'ICC_PROFILE',
      'iCCP',
      'GPS',
    ]) {
      expect(text).not.toContain(never);
    }
    const { exif, icc, xmp, iptc, comments } = await sharp(read.bytes).metadata();
    expect([exif, icc, xmp, iptc, comments]).toEqual(Array(5).fill(undefined));
  });

  it('is one of those that the test makes', async () => {
    for (const format of pictureFormats) {
      const { exif, icc, xmp } = await sharp(await talkative(format)).metadata();
      expect([exif, icc, xmp].map((part) => part !== undefined)).toEqual([true, true, true]);
    }
  });
});

describe('a generated picture', () => {
  it.each(pictureFormats)(
    'as %s has the same pixels with its mark, which replaces what it said of itself',
    async (format) => {
      const received = await talkative(format);
      const [plain, marked] = [
        await readPicture(received),
        await readPicture(received, { isGenerated: true }),
      ];
      const { others, xmp } = await metadataOf(marked.bytes);
      expect([others, xmp, sourceTypesIn(xmp)]).toEqual([[], generatedXmp, [madeByModel]]);
      expect(Buffer.from(marked.bytes).toString('latin1')).not.toContain(marker);
      const pixels = [plain, marked].map(({ bytes }) => sharp(bytes, { failOn: 'warning' }).raw().toBuffer());
      const [unmarked, withMark] = await Promise.all(pixels);
      expect(unmarked !== undefined && withMark?.equals(unmarked)).toBe(true);
      expect({ ...marked, bytes: null }).toEqual({ ...plain, bytes: null });
    },
  );

  it('as PNG has the mark uncompressed in one iTXt chunk behind its header, as the XMP specification asks', async () => {
    const plain = Buffer.from((await readPicture(await picture('png'))).bytes);
    const chunk = pngChunk('iTXt', Buffer.from(`XML:com.adobe.xmp\0\0\0\0\0${generatedXmp}`));
    expect(withPngXmp(plain, generatedXmp)).toEqual(
      Buffer.concat([plain.subarray(0, 33), chunk, plain.subarray(33)]),
    );
  });
});

describe('a file that is no accepted picture', () => {
  const hostile: readonly [string, () => Promise<Buffer> | Buffer][] = [
    ['nothing', () => Buffer.alloc(0)],
    ['one byte', () => Buffer.from([0x89])],
    ['noise', () => randomBytes(10_000)],
    ['a page', () => Buffer.from(`<!doctype html><html>${script}</html>`)],
    [
      'SVG',
      () => Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4">${script}</svg>`),
    ],
    [
      'SVG behind a declaration',
      () => Buffer.from('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'),
    ],
    ['an archive', () => archive],
    ['a document', () => Buffer.from('%PDF-1.7\n1 0 obj')],
    ['a video', () => mp4()],
    ['GIF', () => drawing().gif().toBuffer()],
    ['TIFF', () => drawing().tiff().toBuffer()],
    ['AVIF', () => drawing().avif().toBuffer()],
    ['a moving WebP', () => animated('webp')],
    [
      'a moving PNG',
      async () => withPngChunk(await picture('png'), 'acTL', Buffer.from([0, 0, 0, 2, 0, 0, 0, 0])),
    ],
    ['a signature alone', async () => (await picture('png')).subarray(0, 8)],
    ['a header alone', async () => (await picture('png')).subarray(0, 33)],
    [
      'PNG whose first chunk is another',
      async () => {
        const png = await picture('png');
        return Buffer.concat([png.subarray(0, 8), pngChunk('tEXt', Buffer.from('a')), png.subarray(8)]);
      },
    ],
    ['a PNG of no width', () => hugePng(0, 10)],
    [
      'a page with the name of a JPEG',
      () => Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), Buffer.from(script)]),
    ],
    ['a page with the name of a WebP', () => Buffer.from(`RIFF\0\0\0\0WEBP${script}`)],
    ...pictureFormats.flatMap((format): [string, () => Promise<Buffer>][] => [
      [
        `half of ${format}`,
        async () => {
          const whole = await drawing(300, 200)
            .composite([{ input: await noise(300, 200) }])
            .toFormat(format)
            .toBuffer();
          return whole.subarray(0, whole.length / 2);
        },
      ],
      [
        `${format} with a hole`,
        async () => {
          const whole = await drawing(300, 200)
            .composite([{ input: await noise(300, 200) }])
            .toFormat(format)
            .toBuffer();
          return Buffer.concat([whole.subarray(0, 20), whole.subarray(200)]);
        },
      ],
    ]),
  ];

  it.each(hostile)('is refused: %s', async (_what, make) => {
    const attempt = readPicture(await make());
    await expect(attempt).rejects.toBeInstanceOf(MediaRefused);
    await expect(attempt).rejects.toMatchObject({ code: 'media_refused' });
  });

  it.each([
    [50_000, 50_000],
    [2_000_000_000, 2],
    [mediaPolicy.picture.maxSide + 1, 1],
    [1, mediaPolicy.picture.maxSide + 1],
    [5001, 5000],
  ])('is too large with %p x %p pixels in a few bytes', async (width, height) => {
    const bomb = await hugePng(width, height);
    expect(bomb.length).toBeLessThan(10_000);
    await expect(readPicture(bomb)).rejects.toMatchObject({ name: 'MediaRefused' });
    await expect(readPicture(bomb)).rejects.toMatchObject({ code: expect.stringMatching(/^media_/) });
  });

  it('is reported as too large when its header is complete', async () => {
    await expect(readPicture(await hugePng(50_000, 50_000))).rejects.toMatchObject({
      code: 'media_too_large',
    });
  });
});

import { describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { compose } from './painter.js';
import { render } from './render.js';

const MAGIC = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

const picture = async (prompt: string, seed = 7, width = 512, height = 512): Promise<Uint8Array> => {
  const { png } = await render(compose({ prompt, negativePrompt: null, seed, width, height }));
  return png;
};

/** Chunk types of a PNG in their order. */
function chunks(png: Uint8Array): string[] {
  const view = Buffer.from(png);
  const types: string[] = [];
  for (let offset = 8; offset < view.length; offset += 12 + view.readUInt32BE(offset)) {
    types.push(view.toString('latin1', offset + 4, offset + 8));
  }
  return types;
}

type Band = 'sky' | 'ground';

/** The share of clearly coloured pixels of a band whose HSV hue lies between two angles in degrees. */
async function hueShare(png: Uint8Array, from: number, to: number, band: Band): Promise<number> {
  const area = { left: 0, top: band === 'sky' ? 0 : 48, width: 64, height: 16 };
  const small = await sharp(png).resize(64, 64).png().toBuffer();
  const { data, info } = await sharp(small).extract(area).raw().toBuffer({ resolveWithObject: true });
  let [coloured, inside] = [0, 0];
  for (let offset = 0; offset < data.length; offset += info.channels) {
    const [r, g, b] = [data[offset] ?? 0, data[offset + 1] ?? 0, data[offset + 2] ?? 0];
    const most = Math.max(r, g, b);
    const span = most - Math.min(r, g, b);
    if (span < 12) continue;
    coloured += 1;
    const sector = most === r ? (g - b) / span : most === g ? 2 + (b - r) / span : 4 + (r - g) / span;
    const hue = (sector * 60 + 360) % 360;
    if (hue >= from && hue <= to) inside += 1;
  }
  return inside / coloured;
}

async function lightness(png: Uint8Array): Promise<number> {
  const { channels } = await sharp(png).stats();
  return channels.reduce((sum, { mean }) => sum + mean, 0) / channels.length;
}

describe('render', () => {
  it.each([
    [256, 256],
    [1024, 576],
    [576, 1024],
    [1536, 1536],
  ])('gives an opaque RGB PNG of exactly %i by %i pixels', async (width, height) => {
    // prettier-ignore
    const png = await picture('a lake at sunset', 7, width, height);
    expect([...png.subarray(0, 8)]).toEqual(MAGIC);
    const metadata = await sharp(png).metadata();
    expect(metadata).toMatchObject({
      format: 'png',
      width,
      height,
      channels: 3,
      hasAlpha: false,
      depth: 'uchar',
    });
  });

  it('writes no metadata: neither text, time, profile nor Exif', async () => {
    const png = await picture('a lake at sunset');
    const types = new Set(chunks(png));
    for (const allowed of ['IHDR', 'IDAT', 'IEND', 'pHYs']) types.delete(allowed);
    expect([...types]).toEqual([]);
    const { exif, icc, iptc, xmp, comments } = await sharp(png).metadata();
    expect([exif, icc, iptc, xmp, comments]).toEqual([undefined, undefined, undefined, undefined, undefined]);
  });

  it('gives the same bytes for the same request', async () => {
    const [one, two] = [await picture('night city in the rain'), await picture('night city in the rain')];
    expect(Buffer.from(one).equals(Buffer.from(two))).toBe(true);
  });

  it('gives other bytes for another seed', async () => {
    const [one, two] = [await picture('misty mountains', 1), await picture('misty mountains', 2)];
    expect(Buffer.from(one).equals(Buffer.from(two))).toBe(false);
  });

  it.each([
    ['violet sea', 230, 320],
    ['teal forest', 140, 205],
    ['crimson mountains', 320, 380],
    ['golden desert', 15, 60],
    ['blue lake', 190, 250],
    ['emerald meadow', 90, 175],
  ])(
    'paints the ground of %j mostly in its hue, whatever the seed, and leaves the sky',
    async (prompt, from, to) => {
      let skies = 0;
      for (const seed of [1, 2, 3, 4]) {
        const png = await picture(prompt, seed, 256, 256);
        const share = async (band: Band): Promise<number> =>
          (await hueShare(png, from, to, band)) + (to > 360 ? await hueShare(png, 0, to - 360, band) : 0);
        expect(await share('ground')).toBeGreaterThan(0.6);
        skies += (await share('sky')) / 4;
      }
      expect(skies).toBeLessThan(0.8);
    },
  );

  it.each([
    ['everything in teal, misty morning', 140, 230],
    ['a green sky over a desert', 80, 180],
  ])('paints the sky of %j in its hue', async (prompt, from, to) => {
    for (const seed of [1, 2, 3]) {
      const png = await picture(prompt, seed, 256, 256);
      expect(await hueShare(png, from, to, 'sky')).toBeGreaterThan(0.6);
    }
  });

  it('paints the night darker than noon', async () => {
    for (const place of ['sea', 'city', 'forest', 'mountains']) {
      const paint = (time: string) => picture(`${place} at ${time}`, 7, 256, 256);
      const [night, noon] = [await paint('night'), await paint('noon')];
      expect(await lightness(night)).toBeLessThan((await lightness(noon)) - 50);
    }
  });

  it.each([
    'a lighthouse over a violet sea',
    'night city in the rain',
    'galaxy with a planet',
    'abstract',
    'snow storm',
  ])('keeps 1024 by 1024 pixels of %j under 1.2 MB and never blank', async (prompt) => {
    const png = await picture(prompt, 3, 1024, 1024);
    expect(png.length).toBeGreaterThan(150_000);
    expect(png.length).toBeLessThan(1_200_000);
    const { channels } = await sharp(png).stats();
    expect(Math.max(...channels.map(({ stdev }) => stdev))).toBeGreaterThan(12);
  });
});

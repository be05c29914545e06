import sharp from 'sharp';
import { hash } from './drawing/random.js';

export interface Rendered {
  readonly png: Uint8Array<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
}

export type Step = 'rasterising' | 'encoding';

/** A value 0..255 for a pixel, by a hash of its position: no visible pattern and no state. */
function speck(place: number, seed: number): number {
  let mixed = Math.imul(place ^ seed, 0x9e3779b1);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b);
  return (mixed ^ (mixed >>> 13)) & 0xff;
}

/**
 * Adds noise in place: one pixel in five is one step lighter or darker in all channels, which also reduces banding of long
 * gradients. More noise would double the file size without a visible difference.
 */
function addGrain(pixels: Uint8Array, channels: number, seed: number): void {
  for (let place = 0, offset = 0; offset < pixels.length; place += 1, offset += channels) {
    const value = speck(place, seed);
    const step = value < 26 ? -2 : value > 229 ? 2 : 0;
    if (step === 0) continue;
    for (let channel = offset; channel < offset + 3; channel += 1) {
      pixels[channel] = Math.min(255, Math.max(0, (pixels[channel] ?? 0) + step));
    }
  }
}

/**
 * Renders an SVG to an opaque 8-bit RGB PNG of the SVG's own size, without metadata. Pass only SVG that compose() wrote: the
 * renderer loads external references of other SVG.
 */
export async function render(svg: string, onStep?: (step: Step) => void): Promise<Rendered> {
  sharp.concurrency(1);
  sharp.cache(false);
  onStep?.('rasterising');
  const { data, info } = await sharp(Buffer.from(svg))
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  addGrain(data, info.channels, hash(svg));
  onStep?.('encoding');
  const { width, height, channels } = info;
  const png = await sharp(data, { raw: { width, height, channels } })
    .png({ compressionLevel: 7, adaptiveFiltering: true, palette: false })
    .toBuffer();
  return { png: new Uint8Array(png), width, height };
}

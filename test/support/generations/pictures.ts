import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';

/** Stands in every place of a picture that is not a pixel, and must stand in nothing that is stored. */
export const marker = 'velro-marker-of-the-sender';
export const script = `<script>alert("${marker}")</script>`;

/** A zip archive of one empty file, as far as its signatures go. */
export const archive = Buffer.concat([
  Buffer.from('PK\x03\x04', 'latin1'),
  Buffer.alloc(26),
  Buffer.from(`${marker}.html`),
  Buffer.from('PK\x05\x06', 'latin1'),
  Buffer.alloc(18),
]);

export type PictureFormat = 'png' | 'jpeg' | 'webp';
export const pictureFormats: readonly PictureFormat[] = ['png', 'jpeg', 'webp'];

/** Red on the left and blue on the right. */
export function drawing(width = 64, height = 32): Sharp {
  const pixels = Buffer.alloc(width * height * 3);
  for (let at = 0; at < width * height; at++) pixels[at * 3 + (at % width < width / 2 ? 0 : 2)] = 255;
  return sharp(pixels, { raw: { width, height, channels: 3 } });
}

export const picture = (format: PictureFormat, width?: number, height?: number): Promise<Buffer> =>
  drawing(width, height).toFormat(format).toBuffer();

/** A picture that says where it was taken, by whom, and more. */
export const talkative = (format: PictureFormat, orientation = 1): Promise<Buffer> =>
  drawing()
    .withIccProfile('p3')
    .withExif({
      IFD0: { Copyright: marker, ImageDescription: script },
      IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 3230/100' },
    })
    .withXmp(`<x:xmpmeta xmlns:x="adobe:ns:meta/"><!-- ${marker} --></x:xmpmeta>`)
    .withMetadata({ orientation })
    .toFormat(format)
    .toBuffer();

/** A chunk of PNG: length, name, data, check sum. */
export function pngChunk(name: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}

/** Bytes of a PNG's signature and of its first chunk. */
const pngBeginning = 33;

export const withPngChunk = (png: Buffer, name: string, data: Buffer): Buffer =>
  Buffer.concat([png.subarray(0, pngBeginning), pngChunk(name, data), png.subarray(pngBeginning)]);

/** A PNG that says it has so many pixels, in a few bytes. */
export async function hugePng(width: number, height: number): Promise<Buffer> {
  const small = await picture('png');
  const header = Buffer.from(small.subarray(16, 29));
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  return Buffer.concat([small.subarray(0, 8), pngChunk('IHDR', header), small.subarray(pngBeginning)]);
}

/** A JPEG with a comment behind its first two bytes. */
export function withJpegComment(jpeg: Buffer, text: string): Buffer {
  const segment = Buffer.concat([Buffer.from([0xff, 0xfe, 0, 0]), Buffer.from(text)]);
  segment.writeUInt16BE(segment.length - 2, 2);
  return Buffer.concat([jpeg.subarray(0, 2), segment, jpeg.subarray(2)]);
}

export async function animated(format: 'webp' | 'gif'): Promise<Buffer> {
  const frames = [await picture('png'), await drawing().negate().png().toBuffer()];
  return sharp(frames, { join: { animated: true } })
    .toFormat(format)
    .toBuffer();
}

/** Pixels that no encoder can compress, as PNG. */
export const noise = (width: number, height: number): Promise<Buffer> =>
  sharp(randomBytes(width * height * 3), { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();

import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import sharp from 'sharp';
import type { FalAnswer } from './fal-faults.js';
import { brands, movie } from '../generations/videos.js';

interface Picture {
  readonly contentType: string;
  readonly bytes: Buffer;
}
export interface PictureKind {
  readonly width?: number;
  readonly height?: number;
  readonly format?: 'jpeg' | 'png' | 'webp';
}

interface Video {
  readonly contentType: 'video/mp4';
  /** Bytes of the whole file; it is made while it is sent. */
  readonly length: number;
}
type File = Picture | Video;

const leastVideo = 256;
const filler = Buffer.alloc(65_536);

/** Pictures and videos as fal's media hosts have them. */
export class FalMedia {
  private readonly files = new Map<string, File>();

  constructor(private readonly base: () => string) {}

  /** A picture with EXIF data, which nobody should ever see again. Returns its link. */
  async addPicture({ width = 64, height = 48, format = 'jpeg' }: PictureKind = {}): Promise<string> {
    const bytes = await sharp({ create: { width, height, channels: 3, background: '#8a4fd0' } })
      .withExif({ IFD0: { Artist: 'stand-in artist', ImageDescription: 'where it was taken' } })
      .toFormat(format)
      .toBuffer();
    return this.addFile(`picture.${format === 'jpeg' ? 'jpg' : format}`, {
      contentType: `image/${format}`,
      bytes,
    });
  }

  /** An mp4 of that many bytes, at least 256. Returns its link. */
  addVideo(length = 200_000): string {
    return this.addFile('video.mp4', { contentType: 'video/mp4', length: Math.max(length, leastVideo) });
  }

  /** Any bytes under any type: for files that are not what they say. Returns their link. */
  addBytes(name: string, contentType: string, bytes: Buffer): string {
    return this.addFile(name, { contentType, bytes });
  }

  async send(path: string, response: ServerResponse): Promise<void> {
    const file = this.files.get(path);
    if (file === undefined) {
      response.writeHead(404).end();
      return;
    }
    const length = 'bytes' in file ? file.bytes.byteLength : file.length;
    response.writeHead(200, { 'content-type': file.contentType, 'content-length': length });
    if ('bytes' in file) response.end(file.bytes);
    else await sendVideo(response, file.length);
  }

  /** The same as one piece, for answers that are to go wrong on their way. */
  answer(path: string): FalAnswer {
    const file = this.files.get(path);
    if (file === undefined) return { status: 404, body: null };
    const body =
      'bytes' in file
        ? file.bytes
        : Buffer.concat([headOf(file.length), Buffer.alloc(file.length - headBytes)]);
    return { status: 200, body, headers: { 'content-type': file.contentType } };
  }

  private addFile(name: string, file: File): string {
    const path = `/files/${randomBytes(8).toString('hex')}/${name}`;
    this.files.set(path, file);
    return `${this.base()}${path}`;
  }
}

/** What a player reads first. */
const index = Buffer.concat([brands(), movie()]);
const headBytes = index.byteLength + 16;

/** Brands and index, and the head of one `mdat` box (with a 64 bit length) for the rest. */
function headOf(length: number): Buffer {
  const data = Buffer.alloc(headBytes - index.byteLength);
  data.writeUInt32BE(1, 0);
  data.write('mdat', 4, 'latin1');
  data.writeBigUInt64BE(BigInt(length - index.byteLength), 8);
  return Buffer.concat([index, data]);
}

async function sendVideo(response: ServerResponse, length: number): Promise<void> {
  response.write(headOf(length));
  let left = length - headBytes;
  while (left > 0 && !response.destroyed) {
    const part = left < filler.byteLength ? filler.subarray(0, left) : filler;
    left -= part.byteLength;
    if (response.write(part)) continue;
    await new Promise<void>((resolve) => {
      response.once('drain', resolve).once('close', resolve);
    });
  }
  response.end();
}

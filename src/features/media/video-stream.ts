import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { mediaPolicy } from '../../../config/policy/generations/media.js';
import { MediaRefused } from '../../ports/media-refused.js';
import { readVideoKind, type VideoKind } from './video.js';

/** A video as a stream, to be read once. It fails with MediaRefused when the content is no video or too large. */
export class VideoStream {
  readonly stream: Readable;
  private readonly hash = createHash('sha256');
  private count = 0;

  private constructor(
    readonly kind: VideoKind,
    private readonly head: Buffer,
    private readonly rest: AsyncIterator<Uint8Array>,
  ) {
    this.stream = Readable.from(this.pieces(), { objectMode: false });
  }

  /**
   * Reads the beginning of `source`, which the caller must destroy.
   * @throws MediaRefused when it does not begin as a video; what `source` fails with
   */
  static async begin(source: Readable): Promise<VideoStream> {
    const rest = (source as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
    let head = Buffer.alloc(0);
    while (head.length < mediaPolicy.videoHeadBytes) {
      const next = await rest.next();
      if (next.done === true) break;
      head = Buffer.concat([head, next.value]);
    }
    return new VideoStream(await readVideoKind(head), head, rest);
  }

  /** Bytes read so far. */
  get bytes(): number {
    return this.count;
  }

  /** Call once, after the end. 32 bytes. */
  sha256(): Buffer {
    return this.hash.digest();
  }

  private async *pieces(): AsyncGenerator<Uint8Array> {
    const walk = this.kind.walk();
    const pass = (piece: Uint8Array): Uint8Array => {
      this.count += piece.length;
      if (this.count > mediaPolicy.video.maxBytes) throw new MediaRefused('media_too_large');
      this.hash.update(piece);
      walk.pass(piece);
      return piece;
    };
    yield pass(this.head);
    for (let next = await this.rest.next(); next.done !== true; next = await this.rest.next()) {
      yield pass(next.value);
    }
    walk.end();
  }
}

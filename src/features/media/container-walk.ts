import { MediaRefused } from '../../ports/media-refused.js';

/** A part of a video's container, as declared by its header. */
export interface Part {
  readonly name: string;
  /** Bytes that follow the header; null: to the end of the file. */
  readonly bytes: number | null;
}

/** Reads a part's header from its first bytes: null when more are needed. */
export type PartReader = (header: Buffer) => Part | null | 'malformed';

/** Bytes of a part's header: size, name and the long size of MP4. */
const longestHeader = 16;
/** Far above the number of fragments of a real video; bounds the CPU time of a file of empty parts. */
const mostParts = 20_000;

/**
 * Walks over the parts of a container while it streams, without buffering. Rejects a truncated file, data after the
 * last part, and a file without a part that a player needs.
 */
export class ContainerWalk {
  private header = Buffer.alloc(0);
  /** Bytes left of the present part; null when its size is unknown. */
  private left: number | null = 0;
  private parts = 0;
  private readonly missing: Set<string>;

  constructor(
    private readonly readPart: PartReader,
    needed: readonly string[],
  ) {
    this.missing = new Set(needed);
  }

  /** @throws MediaRefused */
  pass(piece: Uint8Array): void {
    let at = 0;
    while (at < piece.length && this.left !== null) {
      if (this.left > 0) {
        const step = Math.min(this.left, piece.length - at);
        this.left -= step;
        at += step;
      } else {
        this.header = Buffer.concat([this.header, piece.subarray(at, at + 1)]);
        at += 1;
        this.enter();
      }
    }
  }

  /** @throws MediaRefused when the file ends within a part, or without a required one */
  end(): void {
    if (this.header.length > 0 || (this.left ?? 0) > 0) refuse('the video is cut off');
    if (this.missing.size > 0) refuse(`the video has no ${[...this.missing].join(', ')}`);
  }

  private enter(): void {
    const part = this.readPart(this.header);
    if (part === null && this.header.length < longestHeader) return;
    this.parts += 1;
    if (part === null || part === 'malformed' || this.parts > mostParts) {
      refuse('the video has a part that is none');
    }
    this.header = Buffer.alloc(0);
    this.left = part.bytes;
    this.missing.delete(part.name);
  }
}

function refuse(why: string): never {
  throw new MediaRefused('media_refused', new Error(why));
}

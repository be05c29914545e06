import { resumablePolicy } from '../../../../config/policy/generations/uploads.js';

/** Cuts a stream into parts: holds the bytes of the one that comes. */
export class PartBuffer {
  private pieces: Buffer[] = [];
  bytes = 0;

  get isFull(): boolean {
    return this.bytes >= resumablePolicy.partBytes;
  }

  /** Takes what fits, and returns the rest. */
  add(piece: Buffer): Buffer {
    const taken = piece.subarray(0, resumablePolicy.partBytes - this.bytes);
    this.pieces.push(taken);
    this.bytes += taken.length;
    return piece.subarray(taken.length);
  }

  take(): Buffer {
    const part = Buffer.concat(this.pieces);
    this.pieces = [];
    this.bytes = 0;
    return part;
  }
}

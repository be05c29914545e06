import type { RunMatcher } from './run-matcher.js';

/** Reads bytes one by one. Methods return true when the answer has leaked. */
export interface Bytes {
  push(byte: number): boolean;
  /** Nothing of what was begun follows. */
  breakOff(): boolean;
}

/**
 * Bytes as text: UTF-8, and ISO 8859-1 where they are none. UTF-16 and UTF-32 of Latin letters is read as well, since the bytes
 * between them are no letters. Methods return true when a run of the prompt ends.
 */
export class ByteReader implements Bytes {
  private lead = 0;
  private code = 0;
  private missing = 0;

  constructor(private readonly matcher: RunMatcher) {}

  push(byte: number): boolean {
    if (this.missing > 0 && (byte & 0xc0) === 0x80) {
      this.code = (this.code << 6) | (byte & 0x3f);
      this.missing--;
      return this.missing === 0 && this.code <= 0x10ffff && this.matcher.push(this.code);
    }
    if (this.breakOff()) return true;
    this.missing = followersOf(byte);
    if (this.missing === 0) return this.matcher.push(byte);
    this.lead = byte;
    this.code = byte & (0x3f >> this.missing);
    return false;
  }

  /** What was begun is no UTF-8: a character of its own. */
  breakOff(): boolean {
    if (this.missing === 0) return false;
    this.missing = 0;
    return this.matcher.push(this.lead);
  }
}

/** The same of bytes that come last to first. */
export class BackwardByteReader implements Bytes {
  private code = 0;
  private count = 0;

  constructor(private readonly matcher: RunMatcher) {}

  push(byte: number): boolean {
    const { count, code } = this;
    if ((byte & 0xc0) === 0x80 && count < 3) {
      this.code = code | ((byte & 0x3f) << (6 * count));
      this.count++;
      return false;
    }
    this.breakOff();
    if (count === 0 || followersOf(byte) !== count) return this.matcher.push(byte);
    const codePoint = ((byte & (0x3f >> count)) << (6 * count)) | code;
    return codePoint <= 0x10ffff && this.matcher.push(codePoint);
  }

  breakOff(): boolean {
    this.code = 0;
    this.count = 0;
    return false;
  }
}

/** RFC 3629: 0xC2 to 0xF4 begin two, three or four bytes. */
const followersOf = (byte: number): number =>
  byte < 0xc2 || byte > 0xf4 ? 0 : byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;

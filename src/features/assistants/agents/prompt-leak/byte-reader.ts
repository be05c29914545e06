import type { RunMatcher } from './run-matcher.js';

/**
 * Bytes as text: UTF-8, and ISO 8859-1 where they are none. UTF-16 and UTF-32 of Latin letters is read as well, since the bytes
 * between them are no letters. Methods return true when a run of the prompt ends.
 */
export class ByteReader {
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
    // RFC 3629: 0xC2 to 0xF4 begin two, three or four bytes.
    if (byte < 0xc2 || byte > 0xf4) return this.matcher.push(byte);
    this.lead = byte;
    this.missing = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
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

import { BackwardByteReader, ByteReader, type Bytes } from './byte-reader.js';
import { escapeLengths, meaningOf, type Meaning } from './escapes.js';
import type { RunMatcher } from './run-matcher.js';

/** Of one prompt and one answer. */
export type MakeMatcher = () => RunMatcher;

/** Reads one form of text. Constant time a character. */
export interface Decoder {
  /** True when a run of the prompt ends with this code point, whatever follows it. */
  read(codePoint: number): boolean;
}

/** Text as it is. */
export class PlainText implements Decoder {
  private readonly matcher: RunMatcher;

  constructor(makeMatcher: MakeMatcher) {
    this.matcher = makeMatcher();
  }

  read(codePoint: number): boolean {
    return this.matcher.push(codePoint);
  }
}

/**
 * Text with escapes or tags among it. Until an escape is whole its characters are read as text, and then taken back: in both
 * readings a run is found at its last character.
 */
export class EscapedText implements Decoder {
  private readonly matcher: RunMatcher;
  private readonly bytes: ByteReader;
  private escape = '';

  constructor(makeMatcher: MakeMatcher) {
    this.matcher = makeMatcher();
    this.bytes = new ByteReader(this.matcher);
  }

  read(codePoint: number): boolean {
    if (this.escape === '' && codePoint > lastBeginning) return this.literal(codePoint);
    const character = String.fromCodePoint(codePoint);
    if (this.begins(character)) {
      this.matcher.mark();
      this.escape = character;
      return false;
    }
    if (this.escape === '') return this.literal(codePoint);
    const escape = this.escape + character;
    const meaning = meaningOf(escape);
    const isOver = escape.length >= (escapeLengths.get(escape.charAt(0)) ?? 0);
    this.escape = isOver ? '' : escape;
    return meaning === null ? this.matcher.push(codePoint) : this.replace(meaning);
  }

  /** Not within a tag, as attributes contain the others. */
  private begins(character: string): boolean {
    return escapeLengths.has(character) && (character === '<' || !this.escape.startsWith('<'));
  }

  private literal(codePoint: number): boolean {
    return this.bytes.breakOff() || this.matcher.push(codePoint);
  }

  private replace(meaning: Meaning): boolean {
    this.matcher.takeBack();
    if (meaning.kind === 'byte') {
      this.escape = '';
      return this.bytes.push(meaning.byte);
    }
    if (meaning.isWhole) this.escape = '';
    return meaning.codePoints.some((codePoint) => this.matcher.push(codePoint));
  }
}

/** Nothing above the backslash begins an escape. */
const lastBeginning = 0x5c;

const tableOf = (characters: string): Int8Array => {
  const table = new Int8Array(128).fill(-1);
  for (let at = 0; at < characters.length; at++) table[characters.charCodeAt(at)] = at;
  return table;
};

/** By RFC 4648, both alphabets; the sign that fills up a group is a zero. */
const base64Digits = tableOf('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');
base64Digits['-'.charCodeAt(0)] = 62;
base64Digits['_'.charCodeAt(0)] = 63;
base64Digits['='.charCodeAt(0)] = 0;

/** How far the byte that a character of a group completes is shifted within the last 24 bits, by its place; -1: it completes none. */
const shifts = { forwards: [0, -1, 4, 2], backwards: [16, -1, 12, 14] } as const;

/**
 * Base64 and base64url, written forwards or last character first. A group of four may begin at each character, since words may stand
 * before the first, and begins anew with each token, since pieces may be encoded one by one.
 */
export class Base64 implements Decoder {
  private readonly readers: readonly Bytes[];
  private readonly ofTokens: Bytes;
  private bits = 0;
  private count = 0;
  /** Characters of the present token. */
  private place = 0;

  constructor(
    makeMatcher: MakeMatcher,
    private readonly direction: keyof typeof shifts,
  ) {
    const make = (): Bytes =>
      direction === 'forwards' ? new ByteReader(makeMatcher()) : new BackwardByteReader(makeMatcher());
    this.readers = Array.from({ length: 4 }, make);
    this.ofTokens = make();
  }

  read(codePoint: number): boolean {
    const digit = base64Digits[codePoint] ?? -1;
    if (digit < 0) {
      this.place = 0;
      return this.ofTokens.breakOff();
    }
    this.bits =
      this.direction === 'forwards'
        ? ((this.bits << 6) | digit) & 0xffffff
        : (this.bits >>> 6) | (digit << 18);
    this.count = (this.count + 1) & 3;
    this.place++;
    for (let group = 0; group < 4; group++)
      if (this.complete(this.readers[group], this.count + group)) return true;
    return this.complete(this.ofTokens, this.place);
  }

  /** The first character of a group completes no byte, the second, third and fourth one each. */
  private complete(reader: Bytes | undefined, place: number): boolean {
    const shift = shifts[this.direction][place & 3] ?? 0;
    return shift >= 0 && reader?.push((this.bits >> shift) & 0xff) === true;
  }
}

const hexDigits = tableOf('0123456789abcdef');
for (const digit of 'ABCDEF') hexDigits[digit.charCodeAt(0)] = Number.parseInt(digit, 16);

const isX = (codePoint: number): boolean => codePoint === 0x78 || codePoint === 0x58;

/** Bytes in hexadecimal, with or without anything between them. The first digit may be any, as some words have such letters. */
export class Hexadecimal implements Decoder {
  private readonly readers: readonly [ByteReader, ByteReader];
  private previous = 0;
  private isSecond = false;
  private isAfterZero = false;

  constructor(makeMatcher: MakeMatcher) {
    this.readers = [new ByteReader(makeMatcher()), new ByteReader(makeMatcher())];
  }

  read(codePoint: number): boolean {
    const digit = hexDigits[codePoint] ?? -1;
    if (digit < 0) {
      // The zero of 0x is no digit: the first reader begins a byte behind it.
      if (this.isAfterZero && isX(codePoint)) this.isSecond = false;
      this.isAfterZero = false;
      return false;
    }
    const byte = (this.previous << 4) | digit;
    const reader = this.readers[this.isSecond ? 0 : 1];
    this.previous = digit;
    this.isSecond = !this.isSecond;
    this.isAfterZero = digit === 0;
    return reader.push(byte);
  }
}

/** Numbers of characters one after the other, with anything between them that is no digit of theirs. */
export class CharacterCodes implements Decoder {
  private readonly matcher: RunMatcher;
  private value = -1;

  constructor(
    makeMatcher: MakeMatcher,
    private readonly radix: 2 | 8 | 10,
  ) {
    this.matcher = makeMatcher();
  }

  read(codePoint: number): boolean {
    const digit = codePoint - 0x30;
    if (digit < 0 || digit >= this.radix) {
      this.value = -1;
      return false;
    }
    if (this.value < 0) this.matcher.mark();
    else this.matcher.takeBack();
    this.value = Math.min(Math.max(this.value, 0) * this.radix + digit, 0x110000);
    return this.value < 0x110000 && this.matcher.push(this.value);
  }
}

import { detectionLimits } from '../../../../config/policy/perimeter/detection.js';
import { isHex, isHexadecimal } from './characters.js';
import { WordList } from './words.js';

/** Named entities of signs; those of letters do not help to evade detection. */
const entities = new WordList(
  new Map(
    (
      [
        ['lt', '<'],
        ['gt', '>'],
        ['quot', '"'],
        ['apos', "'"],
        ['amp', '&'],
        ['colon', ':'],
        ['semi', ';'],
        ['lpar', '('],
        ['rpar', ')'],
        ['equals', '='],
        ['sol', '/'],
        ['bsol', '\\'],
        ['newline', '\n'],
        ['tab', '\t'],
        ['comma', ','],
        ['period', '.'],
        ['num', '#'],
        ['grave', '`'],
        ['nbsp', ' '],
        ['lbrace', '{'],
        ['lcub', '{'],
        ['rcub', '}'],
        ['dollar', '$'],
        ['vert', '|'],
        ['excl', '!'],
      ] as const
    ).map(([name, sign]) => [name, sign.charCodeAt(0)] as const),
  ),
);

/** Written instead of text that was built piece by piece: a text of nothing but encodings costs as little as another. */
const units = new Uint16Array(detectionLimits.headChars + detectionLimits.tailChars + 8);
const bytes = Buffer.alloc(units.length);
let length = 0;
let isWide = false;

function put(code: number): void {
  if (length >= units.length) return;
  units[length++] = code;
  if (code > 0xff) isWide = true;
}

function written(): string {
  if (isWide) return Buffer.from(units.buffer, 0, length * 2).toString('utf16le');
  for (let at = 0; at < length; at++) bytes[at] = units[at] ?? 0;
  return bytes.toString('latin1', 0, length);
}

/** Decodes one layer of every encoding, backslashes on demand. The result is never longer than the text. */
export function decodeOnce(text: string, plusIsSpace: boolean, withEscapes: boolean): string {
  length = 0;
  isWide = false;
  let changed = false;
  for (let at = 0; at < text.length;) {
    const code = text.charCodeAt(at);
    let read = 0;
    if (code === 37) read = percent(text, at);
    else if (code === 38) read = entity(text, at);
    else if (code === 92 && withEscapes) read = escape(text, at);
    else if (code === 48 && isHexadecimal(text, at)) read = found(hexadecimal(text, at + 2, 2), 4);
    else if (code === 43 && plusIsSpace) read = found(32, 1);
    if (read === 0) {
      put(code);
      at++;
      continue;
    }
    changed = true;
    if (decoded > 0xffff) {
      put(0xd800 + ((decoded - 0x10000) >> 10));
      put(0xdc00 + ((decoded - 0x10000) & 0x3ff));
    } else if (decoded >= 0) put(decoded);
    at += read;
  }
  return changed ? written() : text;
}

/** What the last reader found, beside the length that it returned: a code point, or -1 for nothing. */
let decoded = -1;

function found(value: number, read: number): number {
  decoded = value;
  return read;
}

function percent(text: string, at: number): number {
  if ((text.charCodeAt(at + 1) | 32) === 117) {
    const unit = hexadecimal(text, at + 2, 4);
    return unit < 0 ? 0 : found(fold(unit), 6);
  }
  const first = hexadecimal(text, at + 1, 2);
  if (first < 0) return 0;
  return first < 0x80 ? found(first, 3) : utf8(text, at, first);
}

/** UTF-8 as a lenient decoder reads it, overlong forms included: %c0%af is a slash, and so is %c0%2f. */
function utf8(text: string, at: number, first: number): number {
  const more =
    first >= 0xfc ? 5 : first >= 0xf8 ? 4 : first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc0 ? 1 : 0;
  let value = more >= 4 ? 0 : more === 3 ? first & 7 : more === 2 ? first & 15 : first & 31;
  for (let step = 1; step <= more; step++) {
    const next = text.charCodeAt(at + 3 * step) === 37 ? hexadecimal(text, at + 3 * step + 1, 2) : -1;
    if (step === 1 && more === 1 && next >= 0 && next < 0x80) return found(next, 6);
    if (next < 0 || (next & 0xc0) !== 0x80) return found(0xff, 3);
    value = (value << 6) | (next & 63);
  }
  if (more === 0) return found(first, 3);
  return found(value < 0 || value > 0x10ffff ? 0xff : fold(value), 3 * (more + 1));
}

function entity(text: string, at: number): number {
  if (text.charCodeAt(at + 1) !== 35) return namedEntity(text, at);
  const isHexadecimal = (text.charCodeAt(at + 2) | 32) === 120;
  let end = at + (isHexadecimal ? 3 : 2);
  const start = end;
  let value = 0;
  // Browsers read entities with leading zeros and without a semicolon.
  while (end < start + 10) {
    const digit = digitOf(text.charCodeAt(end));
    if (digit < 0 || (!isHexadecimal && digit > 9)) break;
    value = Math.min(value * (isHexadecimal ? 16 : 10) + digit, 0x110000);
    end++;
  }
  if (end === start || value > 0xffff) return 0;
  return found(fold(value), end - at + (text.charCodeAt(end) === 59 ? 1 : 0));
}

function namedEntity(text: string, at: number): number {
  let end = at + 1;
  while (end < at + 9 && ((text.charCodeAt(end) | 32) - 97) >>> 0 < 26) end++;
  if (text.charCodeAt(end) !== 59) return 0;
  const value = entities.find(text, at + 1, end);
  return value === 0 ? 0 : found(value, end + 1 - at);
}

function escape(text: string, at: number): number {
  const sign = text[at + 1];
  if (sign === 'n') return found(10, 2);
  if (sign === 'r') return found(13, 2);
  if (sign === 'e') return found(27, 2);
  if (sign === '0') return text.startsWith('033', at + 1) ? found(27, 4) : found(0, 2);
  const digits = sign === 'x' ? 2 : sign === 'u' ? 4 : 0;
  const value = digits === 0 ? -1 : hexadecimal(text, at + 2, digits);
  return value < 0 ? 0 : found(fold(value), digits + 2);
}

function hexadecimal(text: string, at: number, digits: number): number {
  let value = 0;
  for (let step = 0; step < digits; step++) {
    const digit = digitOf(text.charCodeAt(at + step));
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

function digitOf(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const lower = code | 32;
  return lower > 57 && isHex(lower) ? lower - 87 : -1;
}

/** Signs that many programs make of a character; an empty one is invisible. */
const lookAlikes = new Map<number, number>(
  (
    [
      [0x3000, ' '],
      [0xa0, ' '],
      [0x2032, "'"],
      [0x2b9, "'"],
      [0x2bc, "'"],
      [0x2024, '.'],
      [0x2215, '/'],
      [0x2044, '/'],
      [0x2216, '\\'],
      [0xefc8, '\\'],
      [0xf025, '/'],
      [0xfe64, '<'],
      [0xfe65, '>'],
      [0xfe68, '\\'],
      [0xfe54, ';'],
      [0xfe50, ','],
      [0xfe52, '.'],
      [0xfe59, '('],
      [0xfe5a, ')'],
      // Encoders that keep the low byte make a line break or a bracket of these.
      [0x560a, '\n'],
      [0x560d, '\r'],
      [0x563c, '<'],
      [0x563e, '>'],
      [0x10d, '\r'],
      [0x10a, '\n'],
      [0xad, ''],
      [0xfeff, ''],
      [0x2060, ''],
    ] as const
  ).map(([code, sign]) => [code, sign === '' ? -1 : sign.charCodeAt(0)]),
);

/** The ASCII sign that many programs make of a character, the character, or -1 for an invisible one. */
function fold(code: number): number {
  if (code < 0x80) return code;
  if (code >= 0xff01 && code <= 0xff5e) return code - 0xfee0;
  if (code >= 0x200b && code <= 0x200f) return -1;
  return lookAlikes.get(code) ?? code;
}

/** The ASCII letter or digit of a mathematical one (U+1D400 to U+1D7FF), by its low surrogate, or -1. */
function mathematical(low: number): number {
  const at = low - 0xdc00;
  if (at < 0 || at > 0x3ff) return -1;
  if (at >= 0x3ce) return 48 + ((at - 0x3ce) % 10);
  if (at >= 0x2a4) return -1;
  return at % 52 < 26 ? 65 + (at % 52) : 97 + ((at % 52) - 26);
}

/** Full-width and mathematical letters as ASCII, invisible characters left out. */
export function foldText(text: string): string {
  length = 0;
  isWide = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const letter = code === 0xd835 ? mathematical(text.charCodeAt(at + 1)) : -1;
    if (letter >= 0) at++;
    const folded = letter >= 0 ? letter : fold(code);
    if (folded >= 0) put(folded);
  }
  return written();
}

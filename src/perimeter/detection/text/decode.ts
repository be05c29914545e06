import { isHex, isHexadecimal } from './characters.js';

/** Named entities of signs; those of letters do not help to evade detection. */
const entities = new Map<string, string>([
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
]);

/** Decodes one layer of every encoding, backslashes on demand. The result is never longer than the text. */
export function decodeOnce(text: string, plusIsSpace: boolean, withEscapes: boolean): string {
  let out = '';
  let kept = 0;
  for (let at = 0; at < text.length;) {
    const code = text.charCodeAt(at);
    let read = 0;
    if (code === 37) read = percent(text, at);
    else if (code === 38) read = entity(text, at);
    else if (code === 92 && withEscapes) read = escape(text, at);
    else if (code === 48 && isHexadecimal(text, at))
      read = found(String.fromCharCode(hexadecimal(text, at + 2, 2)), 4);
    else if (code === 43 && plusIsSpace) read = found(' ', 1);
    if (read === 0) {
      at++;
      continue;
    }
    out += text.slice(kept, at) + decoded;
    at += read;
    kept = at;
  }
  return kept === 0 ? text : out + text.slice(kept);
}

/** What the last reader found, beside the length that it returned. */
let decoded = '';

function found(value: string, length: number): number {
  decoded = value;
  return length;
}

function percent(text: string, at: number): number {
  if ((text.charCodeAt(at + 1) | 32) === 117) {
    const unit = hexadecimal(text, at + 2, 4);
    return unit < 0 ? 0 : found(fold(unit), 6);
  }
  const first = hexadecimal(text, at + 1, 2);
  if (first < 0) return 0;
  if (first < 0x80) return found(String.fromCharCode(first), 3);
  return utf8(text, at, first);
}

/** UTF-8 as a lenient decoder reads it, overlong forms included: %c0%af is a slash. */
function utf8(text: string, at: number, first: number): number {
  const more = first >= 0xfc ? 5 : first >= 0xf8 ? 4 : first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc0 ? 1 : 0;
  let value = more >= 4 ? 0 : more === 3 ? first & 7 : more === 2 ? first & 15 : first & 31;
  for (let step = 1; step <= more; step++) {
    const next = text.charCodeAt(at + 3 * step) === 37 ? hexadecimal(text, at + 3 * step + 1, 2) : -1;
    if (step === 1 && more === 1 && next === (next & 0x7f)) return found(String.fromCharCode(next), 6);
    if (next < 0 || (next & 0xc0) !== 0x80) return found('\u00ff', 3);
    value = (value << 6) | (next & 63);
  }
  if (more === 0) return found(String.fromCharCode(first), 3);
  return found(
    value > 0x10ffff ? '\u00ff' : value > 0xffff ? String.fromCodePoint(value) : fold(value),
    3 * (more + 1),
  );
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
  const value = entities.get(text.slice(at + 1, end).toLowerCase());
  return value === undefined ? 0 : found(value, end + 1 - at);
}

function escape(text: string, at: number): number {
  const sign = text[at + 1];
  if (sign === 'n') return found('\n', 2);
  if (sign === 'r') return found('\r', 2);
  if (sign === 'e') return found('\u001b', 2);
  if (sign === '0') return text.startsWith('033', at + 1) ? found('\u001b', 4) : found('\0', 2);
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

const lookAlikes = new Map<number, string>([
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
]);

/** The ASCII sign that many programs make of a character, or the character. */
function fold(code: number): string {
  if (code < 0x80) return String.fromCharCode(code);
  if (code >= 0xff01 && code <= 0xff5e) return String.fromCharCode(code - 0xfee0);
  if (code >= 0x200b && code <= 0x200f) return '';
  return lookAlikes.get(code) ?? String.fromCharCode(code);
}

/** Full-width and mathematical letters as ASCII, invisible characters left out. */
export function foldText(text: string): string {
  let out = '';
  let kept = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x80) continue;
    const pair = code === 0xd835 ? text.slice(at, at + 2) : '';
    const folded = pair === '' ? fold(code) : pair.normalize('NFKC');
    if (folded === text[at]) continue;
    out += text.slice(kept, at) + folded;
    at += pair === '' ? 0 : 1;
    kept = at + 1;
  }
  return kept === 0 ? text : out + text.slice(kept);
}

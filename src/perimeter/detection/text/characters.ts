import { detectionLimits } from '../../../../config/policy/perimeter/detection.js';

/** Which characters a text has, as bits: they decide which detectors run. */
const SINGLE = 1;
const DOUBLE = 2;
const BACKTICK = 4;
const LESS = 8;
const MORE = 16;
const PERCENT = 32;
const AMPERSAND = 64;
const SEMICOLON = 128;
const PIPE = 256;
const DOLLAR = 512;
const BRACE = 1024;
export const SLASH = 1 << 11;
export const BACKSLASH = 1 << 12;
export const BREAK = 1 << 13;
const CONTROL = 1 << 14;
const EQUALS = 1 << 15;
const PAREN = 1 << 16;
const COLON = 1 << 17;
export const DIGIT = 1 << 18;
export const SPACE = 1 << 19;
export const PLUS = 1 << 20;
const AT = 1 << 21;
export const DOT = 1 << 22;
const HASH = 1 << 23;
export const FOLDED = 1 << 24;
/** A percent sign with two hexadecimal digits or a `u`, and an ampersand that begins an entity, are encodings. */
export const ENCODED = 1 << 25;
export const ENTITY = 1 << 26;
export const ESCAPED = 1 << 27;
export const BRACKET = 1 << 28;
/** Two dashes, or a slash and an asterisk: a comment of SQL. */
const REMARK = 1 << 29;
export const COMMA = 1 << 30;

const QUOTE = SINGLE | DOUBLE | BACKTICK;

const bits = new Int32Array(128);
for (let code = 0; code < 32; code++) bits[code] = CONTROL;
for (let code = 48; code < 58; code++) bits[code] = DIGIT;
const listed: readonly (readonly [string, number])[] = [
  ["'", SINGLE],
  ['"', DOUBLE],
  ['`', BACKTICK],
  ['<', LESS],
  ['>', MORE],
  ['%', PERCENT],
  ['&', AMPERSAND],
  [';', SEMICOLON],
  ['|', PIPE],
  ['$', DOLLAR],
  ['{', BRACE],
  ['/', SLASH],
  ['\\', BACKSLASH],
  ['\n', BREAK],
  ['\r', BREAK],
  ['\v', BREAK | CONTROL],
  ['\f', BREAK | CONTROL],
  ['\t', SPACE],
  ['=', EQUALS],
  ['(', PAREN],
  [':', COLON],
  [' ', SPACE],
  ['+', PLUS],
  ['@', AT],
  ['.', DOT],
  ['#', HASH],
  ['[', BRACKET],
  [',', COMMA],
  ['-', REMARK],
];
for (const [sign, bit] of listed) bits[sign.charCodeAt(0)] = bit;
bits[127] = CONTROL;

/** At none of these does a tokeniser begin to look. */
const passed = DIGIT | SPACE | SLASH | BACKSLASH | PERCENT | COMMA | REMARK;
const places = new Int32Array(detectionLimits.headChars + detectionLimits.tailChars + 8);
let count = 0;

/** The places of the signs in the text that `charactersOf` read last, in a reused array. */
export const signs = {
  at: (index: number): number => places[index] ?? 0,
  count: (): number => count,
};

/** One pass without allocation: letters have no bit, and most characters are letters. */
export function charactersOf(text: string): number {
  let found = 0;
  count = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const bit = code >= 128 ? foreign(code) : (bits[code] ?? 0);
    if (bit === 0) continue;
    if ((bit & ~(passed | FOLDED)) !== 0 && count < places.length) places[count++] = at;
    found |= bit === REMARK ? remark(text, at) : bit;
    if (code === 48 && isHexadecimal(text, at)) found |= ENCODED;
    if ((bit & (PERCENT | AMPERSAND | BACKSLASH | SLASH)) === 0) continue;
    if (code === 37 && isEncoding(text, at)) found |= ENCODED;
    else if (code === 38 && isEntity(text.charCodeAt(at + 1))) found |= ENTITY;
    else if (code === 92 && isEscape(text.charCodeAt(at + 1))) found |= ESCAPED;
    else if (code === 47 && text.charCodeAt(at + 1) === 42) found |= REMARK;
  }
  return found;
}

function remark(text: string, at: number): number {
  return text.charCodeAt(at + 1) === 45 ? REMARK : 0;
}

function isEncoding(text: string, at: number): boolean {
  const next = text.charCodeAt(at + 1) | 32;
  return next === 117 || next === 37 || (isHex(next) && isHex(text.charCodeAt(at + 2) | 32));
}

/** 0x2e, 0x2f, 0x5c: a dot and slashes, as filters of paths read them. */
export function isHexadecimal(text: string, at: number): boolean {
  if ((text.charCodeAt(at + 1) | 32) !== 120) return false;
  const high = text.charCodeAt(at + 2);
  const low = text.charCodeAt(at + 3) | 32;
  return high === 50 ? low === 101 || low === 102 : high === 53 && low === 99;
}

function isEntity(code: number): boolean {
  return code === 35 || ((code | 32) >= 97 && (code | 32) <= 122);
}

/** x, u, n, r, e, 0: what stands for another character in JavaScript, shells and logs. */
function isEscape(code: number): boolean {
  return code === 120 || code === 117 || code === 110 || code === 114 || code === 101 || code === 48;
}

/** Of a character that is lower case already, or a digit with bit 5 set. */
export function isHex(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 97 && code <= 102);
}

function foreign(code: number): number {
  if (code === 0x85 || code === 0x2028 || code === 0x2029) return BREAK | CONTROL;
  if (code < 0xa0 || (code >= 0x202a && code <= 0x202e)) return CONTROL;
  return isFoldable(code) ? FOLDED : 0;
}

/** Full width, small forms, invisible, look-alike signs, and the surrogates of mathematical letters. */
function isFoldable(code: number): boolean {
  return (
    (code >= 0xff01 && code <= 0xff5e) ||
    (code >= 0xfe50 && code <= 0xfe6b) ||
    (code >= 0x200b && code <= 0x200f) ||
    code === 0x3000 ||
    code === 0xad ||
    code === 0xfeff ||
    code === 0x2060 ||
    code === 0xa0 ||
    code === 0x2032 ||
    code === 0x2b9 ||
    code === 0x2bc ||
    code === 0x2024 ||
    code === 0x2215 ||
    code === 0x2044 ||
    code === 0xd835 ||
    (code >= 0x560a && code <= 0x563e) ||
    code === 0x10d ||
    code === 0x10a
  );
}

/** Whether a text with these characters can be an attack of a kind: what every shape of the kind needs. */
export function maySql(has: number): boolean {
  const spaced = (has & (SPACE | PAREN | BREAK | REMARK)) !== 0;
  return (
    (has & (QUOTE | AT)) !== 0 ||
    (spaced &&
      (has & (DIGIT | EQUALS | SEMICOLON | PIPE | AMPERSAND | PAREN | REMARK | COMMA | LESS | MORE)) !== 0) ||
    ((has & (SLASH | DIGIT)) !== 0 && (has & EQUALS) !== 0)
  );
}

export function mayXss(has: number): boolean {
  const script = (has & (PAREN | EQUALS | BACKTICK)) !== 0;
  return (has & (LESS | PLUS | COLON)) !== 0 || ((has & (QUOTE | EQUALS | PAREN)) !== 0 && script);
}

export function mayCommand(has: number): boolean {
  const shell = SEMICOLON | PIPE | AMPERSAND | BACKTICK | DOLLAR | BREAK | MORE | LESS | BRACE | PAREN;
  return (has & shell) !== 0;
}

export function mayNosql(has: number): boolean {
  return (
    (has & (DOLLAR | PAREN)) !== 0 ||
    ((has & (QUOTE | PIPE)) !== 0 && (has & (SEMICOLON | PIPE | AMPERSAND)) !== 0) ||
    ((has & SEMICOLON) !== 0 && (has & DIGIT) !== 0)
  );
}

export function mayTemplate(has: number): boolean {
  return (
    (has & BRACE) !== 0 ||
    ((has & LESS) !== 0 && (has & (PERCENT | HASH)) !== 0) ||
    ((has & AT) !== 0 && (has & PAREN) !== 0) ||
    ((has & HASH) !== 0 && (has & (PAREN | BRACKET)) !== 0) ||
    ((has & DOLLAR) !== 0 && (has & DOT) !== 0)
  );
}

export function mayLog(has: number): boolean {
  return (has & (BREAK | CONTROL)) !== 0 || ((has & DOLLAR) !== 0 && (has & BRACE) !== 0);
}

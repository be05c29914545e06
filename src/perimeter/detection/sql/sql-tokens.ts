import { detectionLimits } from '../../../../config/policy/perimeter/detection.js';
import { sql, sqlWord } from './sql-words.js';

/** Signs of SQL. A quote is a separate token: an injection changes which quotes belong together. */
export const END = 0;
export const WORD = 1;
export const NUMBER = 2;
export const SINGLE_QUOTE = 3;
export const DOUBLE_QUOTE = 4;
export const OPEN = 5;
export const CLOSE = 6;
export const COMMA = 7;
export const SEMI = 8;
export const COMMENT = 9;
export const VARIABLE = 10;
export const COMPARE = 11;
export const OPERATOR = 12;
export const LOGIC_SIGN = 13;
export const DOT = 14;
export const OTHER = 15;
export const HEX = 16;
/** Two dollar signs quote a text (PostgreSQL). */
export const DOLLARS = 17;

const capacity = detectionLimits.headChars + detectionLimits.tailChars + 8;
const kinds = new Uint8Array(capacity);
const starts = new Int32Array(capacity);
/** Of a quote: whether it is the first, third … of its kind on its line. */
const odd = new Uint8Array(capacity);
let count = 0;
/** Where the word behind the first value begins: what continues that value starts there at the latest. */
let continuesAt = 0;

/** The tokens of the last text, in reused arrays: only one text is tokenised at a time. */
export const tokens = {
  kind: (at: number): number => (at >= 0 && at < count ? (kinds[at] ?? END) : END),
  isOdd: (at: number): boolean => odd[at] === 1,
  start: (at: number): number => starts[at] ?? 0,
  count: (): number => count,
  /** Whether nothing but one value stands before this token. */
  continuesValue: (at: number): boolean => at <= head || (starts[at] ?? 0) <= continuesAt,
  /** Whether this token ends the text, or little stands behind it. */
  isNearEnd: (at: number): boolean => count - at <= 2,
};

/** Tokens that a value has: a number with its sign, an address, a name in parentheses. */
const head = 4;
const dateAndTime = /^\s*\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)?(?:\.\d+)?\s*/u;
/** A value is what has no white space: a number, an identifier, an address; or a date with a time. */
const firstValue = /^\s*\S*\s*/u;

function push(kind: number, start: number, isOdd = 0): void {
  kinds[count] = kind;
  starts[count] = start;
  odd[count] = isOdd;
  count++;
}

/** Splits a text in one pass. Comments that close are white space, as they are for a database. */
export function tokenise(text: string): void {
  count = 0;
  const start = text.slice(0, 256);
  continuesAt = (dateAndTime.exec(start) ?? firstValue.exec(start))?.[0].length ?? 0;
  const length = Math.min(text.length, capacity - 8);
  let singles = 0;
  let doubles = 0;
  let closesAfter = true;
  for (let at = 0; at < length;) {
    const code = text.charCodeAt(at);
    // 1or1=1, 'or1=1: a number ends where a word begins, and the word where the next number does.
    const joined = isLetter(code) ? joinedLogic(text, at) : 0;
    if (joined > 0) {
      push(sql.LOGIC, at);
      at += joined;
    } else if (code === 36 && text.charCodeAt(at + 1) === 36) {
      push(DOLLARS, at);
      at += 2;
    } else if (isLetter(code)) {
      const end = wordEnd(text, at, length);
      push(sqlWord(text, at, end) || WORD, at);
      at = end;
    } else if (code >= 48 && code <= 57) {
      const isHexadecimal = code === 48 && (text.charCodeAt(at + 1) | 32) === 120;
      const end = numberEnd(text, at, length);
      push(isHexadecimal ? HEX : NUMBER, at);
      at = end;
    } else if (code <= 32 || code === 0xa0) {
      if (code === 10) singles = doubles = 0;
      at++;
    } else if (code === 39) push(SINGLE_QUOTE, at++, ++singles & 1);
    else if (code === 34) push(DOUBLE_QUOTE, at++, ++doubles & 1);
    else if (code === 47 && text.charCodeAt(at + 1) === 42) {
      if (text.charCodeAt(at + 2) === 33) {
        at += 3;
        while (text.charCodeAt(at) >= 48 && text.charCodeAt(at) <= 57) at++;
        continue;
      }
      // Once nothing closes, nothing later does: many openings cost one search.
      const close: number = closesAfter ? text.indexOf('*/', at + 2) : -1;
      closesAfter = close >= 0;
      if (closesAfter) at = close + 2;
      else {
        push(COMMENT, at);
        at += 2;
      }
    } else if (code === 42 && text.charCodeAt(at + 1) === 47) at += 2;
    else at = sign(text, at, code);
  }
}

/** The length of an OR or AND between a digit and a digit. */
function joinedLogic(text: string, at: number): number {
  const before = text.charCodeAt(at - 1);
  if (!((before >= 48 && before <= 57) || before === 39 || before === 34)) return 0;
  const length = (text.charCodeAt(at) | 32) === 111 ? 2 : 3;
  const next = text.charCodeAt(at + length);
  if (!(next >= 48 && next <= 57)) return 0;
  return sqlWord(text, at, at + length) === sql.LOGIC ? length : 0;
}

function sign(text: string, at: number, code: number): number {
  const next = text.charCodeAt(at + 1);
  switch (code) {
    case 40:
      push(OPEN, at);
      return at + 1;
    case 41:
      push(CLOSE, at);
      return at + 1;
    case 44:
      push(COMMA, at);
      return at + 1;
    case 59:
      push(SEMI, at);
      return at + 1;
    case 46:
      push(DOT, at);
      return at + 1;
    case 35:
      push(COMMENT, at);
      return at + 1;
    case 45:
      push(next === 45 ? COMMENT : OPERATOR, at);
      return at + (next === 45 ? 2 : 1);
    case 61:
      // Two are an equality of programs, three an arrow of prose; SQL has one.
      push(next === 61 || next === 62 ? OTHER : COMPARE, at);
      return at + (next === 61 ? 2 : 1);
    case 60:
    case 62:
      push(COMPARE, at);
      if (next === 61 && text.charCodeAt(at + 2) === 62) return at + 3;
      return at + (next === 61 || next === 62 ? 2 : 1);
    case 33:
      push(next === 61 ? COMPARE : OTHER, at);
      return at + (next === 61 ? 2 : 1);
    case 124:
    case 38:
      push(next === code ? LOGIC_SIGN : OPERATOR, at);
      return at + (next === code ? 2 : 1);
    case 64:
      return variable(text, at);
    case 43:
    case 42:
    case 47:
    case 94:
    case 37:
    case 126:
      push(OPERATOR, at);
      return at + 1;
    default:
      push(OTHER, at);
      return at + 1;
  }
}

function variable(text: string, at: number): number {
  let end = at + 1;
  while (text.charCodeAt(end) === 64) end++;
  const named = isLetter(text.charCodeAt(end));
  push(named ? VARIABLE : OTHER, at);
  return named ? wordEnd(text, end, text.length) : end;
}

/** An apostrophe between letters belongs to a name or a contraction, unless what follows it is a word of SQL. */
function wordEnd(text: string, start: number, length: number): number {
  let at = start + 1;
  for (; at < length; at++) {
    const code = text.charCodeAt(at);
    if (isLetter(code) || (code >= 48 && code <= 57)) continue;
    if (code !== 39 || !isLetter(text.charCodeAt(at + 1))) break;
    let end = at + 2;
    while (end < at + 12 && isLetter(text.charCodeAt(end))) end++;
    const word = sqlWord(text, at + 1, end);
    if (word === sql.LOGIC || word === sql.UNION || word === sql.HAVING || word === sql.EXEC) break;
    if (text.charCodeAt(end) === 39 || sqlWord(text, start, at) === sql.LOGIC) break;
  }
  return at;
}

/** 0x3a and 1e5 are numbers; 1union is a number and a word, as it is for a database. */
function numberEnd(text: string, start: number, length: number): number {
  const isHexadecimal = text.charCodeAt(start) === 48 && (text.charCodeAt(start + 1) | 32) === 120;
  let at = start + (isHexadecimal ? 2 : 1);
  while (at < length) {
    const code = text.charCodeAt(at);
    const lower = code | 32;
    const isDigit = code >= 48 && code <= 57;
    const isExponent = lower === 101 && text.charCodeAt(at + 1) >= 48 && text.charCodeAt(at + 1) <= 57;
    if (isDigit || code === 46 || code === 95 || (isHexadecimal ? lower >= 97 && lower <= 102 : isExponent))
      at++;
    else break;
  }
  return at;
}

export function isLetter(code: number): boolean {
  return ((code | 32) >= 97 && (code | 32) <= 122) || code === 95 || code === 36 || code > 0xa0;
}

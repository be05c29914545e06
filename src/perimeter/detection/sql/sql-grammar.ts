import { spend } from '../text/work.js';
import * as t from './sql-tokens.js';
import { sql } from './sql-words.js';

/** Pieces of SQL, read from a token on. Each reads a bounded number of tokens, so that a pass over all stays linear. */
const { kind } = t.tokens;
export const reach = 24;
/** Units of work for what is read from a token on. */
export const unitsOf = {
  quote: 160,
  word: 30,
  comparison: 300,
  list: 200,
  statement: 100,
  search: 100,
  call: 120,
};

export const isQuote = (token: number): boolean => token === t.SINGLE_QUOTE || token === t.DOUBLE_QUOTE;
export const isFunction = (token: number): boolean =>
  token === sql.FUNCTION || token === sql.TIMED || token === sql.DANGER || token === sql.IF;
export const isName = (token: number): boolean => token === t.WORD || token >= 32;
export const isNumber = (token: number): boolean => token === t.NUMBER || token === t.HEX;
const isComparison = (token: number): boolean => token === t.COMPARE || token === sql.LIKE;
export const isStop = (token: number): boolean => token === t.END || token === t.COMMENT || token === t.SEMI;

/** What the last operand was: a number, a text, a name (by its first token), or something computed. */
const NOTHING = 0;
export const CONSTANT_NUMBER = 1;
export const CONSTANT_TEXT = 2;
const NAME = 3;
export const COMPUTED = 4;
export const QUERY = 5;
export let operandIs: number = NOTHING;

/** Past tokens of up to three kinds. */
export function skip(at: number, one: number, other: number = one, third: number = one): number {
  let next = at;
  for (; next < at + reach; next++) {
    const token = kind(next);
    if (token !== one && token !== other && token !== third) break;
  }
  return next;
}

/** The place after an operand, or -1. An unclosed string reaches to the end: the query closes it. */
export function operand(at: number): number {
  operandIs = NOTHING;
  let next = skip(at, t.OPEN, t.OPERATOR, sql.NOT);
  const token = kind(next);
  if (isNumber(token)) {
    operandIs = CONSTANT_NUMBER;
    next++;
  } else if (isQuote(token)) {
    next = afterText(next);
    operandIs = CONSTANT_TEXT;
  } else if (token === t.VARIABLE || token === sql.CONSTANT) {
    operandIs = COMPUTED;
    next++;
  } else if (token === sql.SELECT || token === sql.CASE) {
    operandIs = QUERY;
    return next + 1;
  } else if (token === t.WORD || isFunction(token) || (token === sql.LIKE && kind(next + 1) === t.OPEN)) {
    operandIs = NAME;
    next = afterName(next);
    // N'text' is a text of national characters.
    if (isQuote(kind(next)) && t.tokens.start(next) - t.tokens.start(next - 1) === 1) return operand(next);
  } else return -1;
  // A cast of PostgreSQL: 1::int.
  if (kind(next) === t.OTHER && kind(next + 1) === t.OTHER && isName(kind(next + 2))) next += 3;
  return skip(next, t.CLOSE);
}

function afterText(at: number): number {
  const quote = kind(at);
  for (let next = at + 1; next < at + reach; next++) {
    if (kind(next) === quote) return next + 1;
    if (kind(next) === t.END) return next;
  }
  return at + reach;
}

function afterName(at: number): number {
  let next = at + 1;
  while (kind(next) === t.DOT && next < at + reach) next += kind(next + 1) === t.WORD ? 2 : 1;
  if (kind(next) !== t.OPEN) return next;
  operandIs = COMPUTED;
  if (!spend(unitsOf.call)) return next;
  let depth = 0;
  for (; next < at + 2 * reach; next++) {
    if (kind(next) === t.OPEN) depth++;
    else if (kind(next) === t.CLOSE && --depth === 0) return next + 1;
    else if (kind(next) === t.END) return next;
  }
  return next;
}

/** The place after arithmetic with numbers that a comparison follows: `17-7=10`; else that of its first operand. */
function calculation(end: number): number {
  if (operandIs !== CONSTANT_NUMBER) return end;
  let next = end;
  for (let terms = 0; terms < 3 && kind(next) === t.OPERATOR && isNumber(kind(next + 1)); terms++) next += 2;
  return kind(next) === t.COMPARE ? next : end;
}

export const NO = 0;
export const COMPARES = 1;
export const TAUTOLOGY = 2;
export let comparisonEnd = 0;

/**
 * Whether a comparison begins here, and whether it is independent of a row: such a constant condition occurs only in
 * injections.
 */
export function comparison(at: number, text: string): number {
  if (!spend(unitsOf.comparison)) return NO;
  const left = calculation(operand(at));
  if (left < 0) return NO;
  const leftIs = operandIs;
  const leftStart = skip(at, t.OPEN, t.OPERATOR, sql.NOT);
  let middle = left;
  if (kind(middle) === sql.NOT) middle++;
  if (!isComparison(kind(middle))) {
    comparisonEnd = left;
    return NO;
  }
  const isBetween = kind(middle) === sql.LIKE;
  let right = operand(middle + 1);
  if (right < 0) return NO;
  const rightIs = operandIs;
  if (isBetween && kind(right) === sql.LOGIC && isNumber(kind(right + 1))) right += 2;
  comparisonEnd = right;
  if (leftIs === QUERY || rightIs === QUERY) return TAUTOLOGY;
  if (leftIs === rightIs && (leftIs === CONSTANT_NUMBER || leftIs === CONSTANT_TEXT)) return TAUTOLOGY;
  if (leftIs === CONSTANT_NUMBER && rightIs === CONSTANT_TEXT) return TAUTOLOGY;
  // A constant and a function of the database: its effect is what counts, or its error.
  const isConstant = leftIs === CONSTANT_NUMBER || leftIs === CONSTANT_TEXT;
  if (isConstant && rightIs === COMPUTED && callsFunction(middle + 1)) return TAUTOLOGY;
  const sameWord =
    leftIs === NAME && rightIs === NAME && sameName(text, leftStart, skip(middle + 1, t.OPEN, t.OPERATOR));
  return sameWord ? TAUTOLOGY : COMPARES;
}

/** `MAKE_SET(1=1,2)`: a comparison that is always true, as the argument of a function of the database. */
export function comparesInside(at: number, text: string): boolean {
  return isFunction(kind(at)) && kind(at + 1) === t.OPEN && comparison(at + 2, text) === TAUTOLOGY;
}

const callsFunction = (at: number): boolean =>
  (isFunction(kind(at)) || kind(at) === sql.LIKE || kind(at + 1) === t.DOT) && !isStop(kind(at + 1));

function sameName(text: string, left: number, right: number): boolean {
  const one = t.tokens.start(left);
  const other = t.tokens.start(right);
  for (let at = 0; at < 64; at++) {
    const isEnd = !t.isLetter(text.charCodeAt(one + at));
    if (isEnd || !t.isLetter(text.charCodeAt(other + at))) {
      return at > 0 && isEnd && !t.isLetter(text.charCodeAt(other + at));
    }
    if ((text.charCodeAt(one + at) | 32) !== (text.charCodeAt(other + at) | 32)) return false;
  }
  return false;
}

/** A list as it follows SELECT: an operand, and then what a list or a query goes on with. Prose goes on with a word. */
export function selectList(at: number, ofUnion = false): boolean {
  if (!spend(unitsOf.list)) return false;
  const first = skip(at, sql.ALL, t.OPEN, t.OPERATOR);
  if (kind(first) === sql.TOP) return true;
  if (kind(first) === sql.LIKE && kind(first + 1) === t.OPEN) return true;
  if (kind(first - 1) === t.OPERATOR && (kind(first) === sql.FROM || kind(first) === t.COMMA)) return true;
  const end = operand(at === first ? at : first);
  if (end < 0) return false;
  const next = kind(end);
  // What prose goes on with after "union select": a name, and nothing of a query.
  if (operandIs === NAME && ofUnion && next !== sql.FROM && next !== t.COMMENT) return listedSoon(end);
  if (operandIs === QUERY || operandIs === CONSTANT_NUMBER || operandIs === COMPUTED) return next !== t.WORD;
  if (next === t.OPERATOR && (isNumber(kind(end + 1)) || kind(end + 1) === t.OPEN)) return true;
  return next === t.COMMA || next === sql.FROM || isStop(next) || next === sql.INTO || next === t.LOGIC_SIGN;
}

/** A column list that is one: with a number, NULL or FROM among its next tokens. */
function listedSoon(at: number): boolean {
  for (let next = at; next < at + reach; next++) {
    const token = kind(next);
    if (token === t.END) return false;
    if (token === sql.FROM || token === sql.CONSTANT || token === t.COMMENT || isNumber(token)) return true;
  }
  return false;
}

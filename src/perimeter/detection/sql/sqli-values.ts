import {
  NO,
  TAUTOLOGY,
  comparesInside,
  comparison,
  comparisonEnd,
  isNumber,
  isQuote,
  isStop,
  operand,
  selectList,
  skip,
  unitsOf,
} from './sql-grammar.js';
import { spend } from '../text/work.js';
import * as t from './sql-tokens.js';
import { sql } from './sql-words.js';

/** Injections into a number or a name, where no quote has to be closed first. */
const { kind, continuesValue, isNearEnd } = t.tokens;

/** UNION SELECT with a list; where a query stood before, only what a query of an application never has. */
export function unites(at: number, afterSelect: boolean): boolean {
  const next = skip(at + 1, sql.ALL, t.OPEN, t.OPERATOR);
  if (kind(next) === sql.SELECT) {
    if (!afterSelect) return selectList(next + 1, true) || (isStop(kind(next + 1)) && continuesValue(at));
    return followedBy(next, sql.DANGER) || (kind(at - 1) === t.NUMBER && followedBy(next, t.COMMENT));
  }
  return false;
}

function followedBy(at: number, token: number): boolean {
  if (!spend(unitsOf.search)) return false;
  for (let next = at + 1; next < at + 32; next++) {
    if (kind(next) === token) return true;
    if (kind(next) === t.END) return false;
  }
  return false;
}

export function isNested(at: number): boolean {
  return kind(at - 1) === t.OPEN;
}

/** A query in parentheses where a value was expected. */
export function selectsInside(at: number, afterSelect: boolean): boolean {
  if (!isNested(at)) return at === 0 && followedBy(0, sql.CATALOG) && followedBy(0, t.COMMENT);
  if (afterSelect) return false;
  let before = at - 1;
  while (before > at - 8 && kind(before) === t.OPEN) before--;
  const token = kind(before);
  const inValue =
    before < 0 ||
    token === t.OPERATOR ||
    token === t.COMMA ||
    token === t.LOGIC_SIGN ||
    token === t.COMPARE ||
    (token === sql.LIKE && before <= 2);
  return inValue && before <= 12 && selectList(at + 1);
}

export function branches(at: number): boolean {
  let next = at + 1;
  if (kind(next) !== sql.WHEN) next = operand(next);
  if (next < 0 || kind(next) !== sql.WHEN) return false;
  let end = operand(next + 1);
  if (end > 0 && kind(end) === t.COMPARE) end = operand(end + 1);
  return end > 0 && kind(end) === sql.THEN;
}

/** A delay function called with an argument (time-based injection) at the end, after an operator, or in a query. */
export function timed(at: number): boolean {
  if (kind(at + 1) !== t.OPEN || kind(at + 2) === t.CLOSE) return false;
  const before = kind(at - 1);
  if (before === t.OPERATOR || before === t.COMMA || before === sql.LIKE) return true;
  if (before === t.OPEN) return kind(at - 2) === sql.SELECT || at <= 3;
  const end = operand(at);
  if (at === 0 && isNumber(kind(2)) && kind(3) !== t.WORD && (kind(end) === t.END || comparesToRest(end)))
    return true;
  return at <= 1 && end > 0 && kind(end) === t.COMMENT;
}

/** `sleep(5)='`: the query closes the quote. */
const comparesToRest = (at: number): boolean =>
  kind(at) === t.COMPARE && isQuote(kind(at + 1)) && kind(at + 2) === t.END;

export function danger(at: number, afterSelect: boolean): boolean {
  if (at === 0) {
    const name = kind(1) === t.DOT && kind(2) === t.WORD ? 3 : 1;
    if (kind(name) === t.OPEN && isQuote(kind(name + 1))) return kind(operand(0)) === t.END;
  }
  const before = kind(at - 1);
  if (kind(at + 1) === t.OPEN) {
    if (before === t.COMMA || before === t.OPERATOR) return kind(at + 2) !== t.CLOSE;
    return (before === t.OPEN || before === t.CLOSE) && !afterSelect && at <= 8;
  }
  return before === t.DOT && kind(at - 2) === t.DOT;
}

export function declares(at: number): boolean {
  if (kind(at + 1) !== t.VARIABLE) return false;
  for (let next = at + 2; next < at + 14; next++) {
    if (kind(next) === t.HEX || (kind(next) === sql.EXEC && kind(next + 1) === t.OPEN)) return true;
    if (kind(next) === sql.SELECT && kind(next + 1) === t.VARIABLE) return true;
  }
  return false;
}

export function has(at: number, text: string, afterSelect: boolean): boolean {
  if (afterSelect) return false;
  const found = comparison(at + 1, text);
  if (found === NO)
    return (
      followedBy(at, t.COMMENT) &&
      followedBy(at - 12 < 0 ? -1 : at - 12, sql.BY) &&
      kind(at + 1) === sql.FUNCTION
    );
  return found === TAUTOLOGY && isStop(kind(comparisonEnd)) && at <= 16;
}

export function orders(at: number, afterSelect: boolean): boolean {
  const before = kind(at - 1);
  const value = isNumber(before) || isQuote(before) || before === t.CLOSE || before === t.VARIABLE;
  const next = kind(at + 3);
  if (at === 0 && kind(1) === sql.BY && kind(2) === sql.TIMED && kind(3) === t.OPEN) return true;
  if (afterSelect || kind(at + 1) !== sql.BY || !isNumber(kind(at + 2)) || !continuesValue(at)) return false;
  if (next === t.COMMENT && isNearEnd(at + 3)) return true;
  return value && (isStop(next) || next === t.COMMA);
}

/** `1 - ord('a')`, `x,iif(1=2,…`: a function of the database in arithmetic with a value. */
export function computes(at: number, text: string): boolean {
  if (at > 2 || kind(at + 1) !== t.OPEN) return false;
  if (at === 0) return isCallOnly(text) || comparesInside(at, text);
  const before = kind(at - 1);
  if (kind(at) === sql.IF) return before === t.COMMA && comparison(at + 2, text) === TAUTOLOGY;
  return before === t.OPERATOR && isNumber(kind(at - 2)) && isQuote(kind(at + 2));
}

/** What a database tells about itself, without an argument. */
const about =
  /^(?:version|database|user|current_user|session_user|system_user|schema_name|connection_id|db_name|current_database|current_schema)\s*\(/iu;

const tellsAbout = (at: number, text: string): boolean =>
  kind(at) === sql.FUNCTION &&
  kind(at + 1) === t.OPEN &&
  kind(at + 2) === t.CLOSE &&
  about.test(text.slice(t.tokens.start(at), t.tokens.start(at) + 24));

/** `version()`, `substring(version(),1,1)`, `ascii(substring((select …`, `concat(0x3c,0x3e)`: a call for a value of the query. */
function isCallOnly(text: string): boolean {
  if (!spend(unitsOf.search)) return false;
  if (tellsAbout(0, text)) return kind(3) === t.END;
  if (kind(2) === t.HEX) return operand(0) > 0 && kind(operand(0)) === t.END;
  for (let next = 2; next < 10; next++)
    if (tellsAbout(next, text) || (kind(next) === sql.SELECT && kind(next - 1) === t.OPEN)) return true;
  return false;
}

export function startsWithVariable(): boolean {
  if (kind(1) === t.COMMENT) return kind(2) === t.END;
  return kind(1) === sql.SELECT && kind(2) === t.VARIABLE;
}

/** `1 * 1 --`: arithmetic that ends in a comment, and nothing else. */
export function calculatesOnly(count: number): boolean {
  return count === 4 && kind(1) === t.OPERATOR && isNumber(kind(2)) && kind(3) === t.COMMENT;
}

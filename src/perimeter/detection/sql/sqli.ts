import {
  COMPARES,
  COMPUTED,
  CONSTANT_NUMBER,
  CONSTANT_TEXT,
  NO,
  QUERY,
  TAUTOLOGY,
  comparesInside,
  comparison,
  comparisonEnd,
  isFunction,
  isName,
  isNumber,
  isQuote,
  isStop,
  operand,
  operandIs,
  selectList,
  skip,
  unitsOf,
} from './sql-grammar.js';
import { spend } from '../text/work.js';
import { breaksOut } from './sqli-quotes.js';
import {
  unites,
  isNested,
  selectsInside,
  branches,
  timed,
  danger,
  declares,
  has,
  orders,
  computes,
  startsWithVariable,
  calculatesOnly,
} from './sqli-values.js';
import { statement } from './sql-statement.js';
import * as t from './sql-tokens.js';
import { sql } from './sql-words.js';

const { kind, continuesValue, isNearEnd } = t.tokens;

/** Two names, one behind the other, among the tokens that were read. */
let hasPhrase = false;

/** Whether a text looks like SQL injection: by breaking out of a quote, or by continuing after a number or a name. */
export function looksLikeSqli(text: string): boolean {
  t.tokenise(text);
  const count = t.tokens.count();
  if (count < 2) return false;
  if (endsInComment(count)) return true;
  let selects = 0;
  let compares = 0;
  hasPhrase = false;
  for (let at = 0; at < count; at++) {
    const token = kind(at);
    if (!hasPhrase && at > 0 && isName(token) && isName(kind(at - 1))) hasPhrase = true;
    if (isQuote(token)) {
      if (!spend(unitsOf.quote)) return false;
      if (breaksOut(at, text, count, selects > 0)) return true;
    } else if (token >= 32 || token === t.SEMI || token === t.LOGIC_SIGN || token === t.OPEN) {
      if (!spend(unitsOf.word)) return false;
      if (hit(token, at, text, selects > 0, compares > 0)) return true;
      if (token === sql.SELECT && !isNested(at)) selects++;
    } else if (token === t.COMPARE || isProgramEquality(token, at, text)) compares++;
    else if (at === 0 && token === t.VARIABLE && startsWithVariable()) return true;
    else if (at === 0 && token === t.NUMBER && calculatesOnly(count)) return true;
  }
  return false;
}

/** `replace(a,b)--`, `desc users;--`: the whole text is a call or a statement, and a comment ends it. */
function endsInComment(count: number): boolean {
  if (kind(count - 1) !== t.COMMENT) return false;
  if (kind(count - 2) === t.SEMI) return count > 3 && count <= 8;
  return isName(kind(0)) && kind(1) === t.OPEN && operand(0) === count - 1 && operandIs === COMPUTED;
}

/** `==` and `=>`. */
function isProgramEquality(token: number, at: number, text: string): boolean {
  return token === t.OTHER && text.charCodeAt(t.tokens.start(at)) === 61;
}

function hit(token: number, at: number, text: string, afterSelect: boolean, afterCompare: boolean): boolean {
  switch (token) {
    case sql.UNION:
      return unites(at, afterSelect);
    case sql.LOGIC:
    case t.LOGIC_SIGN:
      return goesOn(at, text, afterSelect, afterCompare);
    case t.SEMI:
      return at === 0 ? statement(1) : !afterSelect && endsValue(at) && statement(at + 1);
    case sql.SELECT:
      return selectsInside(at, afterSelect);
    case sql.CASE:
      return at <= 4 && (at <= 1 || kind(at - 1) === t.OPEN) && branches(at);
    case sql.TIMED:
      return timed(at);
    case sql.DANGER:
      return danger(at, afterSelect);
    case sql.WAITFOR:
      return kind(at + 1) === sql.DELAY && isQuote(kind(at + 2));
    case sql.DECLARE:
      return declares(at);
    case sql.EXEC:
      if (at === 0 && kind(1) === sql.DANGER) return true;
      return at <= 2 && kind(at + 1) === t.OPEN && (kind(at + 2) === t.VARIABLE || isQuote(kind(at + 2)));
    case sql.INTO:
      return !afterSelect && kind(at + 1) === sql.OUTFILE && (at > 0 || isQuote(kind(2)));
    case sql.HAVING:
      return has(at, text, afterSelect);
    case sql.ORDER:
      return orders(at, afterSelect);
    case sql.FROM:
      return at <= 2 && kind(at - 1) === t.CLOSE && kind(at + 2) === sql.WHERE;
    case sql.WHERE:
      return continuesValue(at) && !isName(kind(at - 1)) && comparison(at + 1, text) === TAUTOLOGY;
    case sql.IF:
    case sql.FUNCTION:
      return computes(at, text);
    case sql.LIKE:
      return at === 1 && kind(0) === t.NUMBER && kind(2) === t.OPEN && kind(3) === sql.SELECT;
    case sql.ANALYSE:
      return (
        !afterSelect && kind(at + 1) === t.OPEN && (isFunction(kind(at + 2)) || kind(at - 1) === sql.OBJECT)
      );
    default:
      return false;
  }
}

/** AND or OR after a value: with a constant comparison, a query, or a function that an attacker calls. */
function goesOn(at: number, text: string, afterSelect: boolean, afterCompare: boolean): boolean {
  const inner = skip(at + 1, t.OPEN, sql.NOT);
  const token = kind(inner);
  if ((token === sql.TIMED || token === sql.DANGER) && kind(inner + 1) === t.OPEN)
    return kind(inner + 2) !== t.CLOSE;
  if (token === sql.DANGER && kind(at) === t.LOGIC_SIGN) return true;
  if (token === sql.TIMED && isNumber(kind(inner + 1)) && kind(inner + 2) === t.COMMENT) return true;
  if (afterSelect) return false;
  if (token === sql.EXISTS) return kind(inner + 1) === t.OPEN || (inner > at + 1 && at === 0);
  if (token === sql.SELECT) return selectList(inner + 1);
  if (kind(at) === t.LOGIC_SIGN && at === 0 && isFunction(token) && kind(inner + 1) === t.OPEN) return true;
  if (queriesInside(inner) || comparesInside(inner, text)) return true;
  if (!continuesValue(at)) return comparison(at + 1, text) === TAUTOLOGY && kind(comparisonEnd) === t.COMMENT;
  const found = comparison(at + 1, text);
  if (found === NO) return stopsAfterConstant(at);
  const after = kind(comparisonEnd);
  const ends =
    isStop(after) ||
    (after === t.OPERATOR && (kind(comparisonEnd + 1) === t.END || isNumber(kind(comparisonEnd + 1)))) ||
    after === sql.LOGIC ||
    after === sql.UNION ||
    after === sql.GROUP ||
    after === sql.INTO ||
    after === sql.LIMIT ||
    after === sql.ORDER ||
    after === t.LOGIC_SIGN;
  if (afterCompare && after !== t.COMMENT) return false;
  if (found === TAUTOLOGY) return ends || operandIs === QUERY;
  const calls = (isFunction(token) && kind(inner + 1) === t.OPEN) || token === t.VARIABLE;
  return (
    found === COMPARES &&
    ends &&
    (at === 0 || (at === 1 && isNumber(kind(0)))) &&
    (calls || operandIs !== CONSTANT_NUMBER || (after === t.COMMENT && isNearEnd(comparisonEnd)))
  );
}

/** `and ascii(substring((select`: a query as the argument of a function, which no sentence has. */
function queriesInside(at: number): boolean {
  if (!isName(kind(at)) || kind(at + 1) !== t.OPEN) return false;
  for (let next = at + 2; next < at + 10; next++) {
    if (kind(next) === sql.SELECT && kind(next - 1) === t.OPEN) return true;
    if (kind(next) === t.END) return false;
  }
  return false;
}

/** A semicolon behind one value: no words of a sentence before it. */
const endsValue = (at: number): boolean => continuesValue(at) && !hasPhrase;

/** `or 1 --`, `or true`, `or 1 group by`, `and if(1=1,`: no comparison, and still a condition. */
function stopsAfterConstant(at: number): boolean {
  const end = operand(at + 1);
  if (end < 0) return false;
  const is = operandIs;
  const next = kind(end);
  // 1 or '1: the query closes the quote.
  if (is === CONSTANT_TEXT)
    return at === 1 && isNumber(kind(0)) && isNumber(kind(3)) && next === t.END && kind(4) === t.END;
  if (is === CONSTANT_NUMBER) {
    return (
      (next === t.COMMENT && isNearEnd(end)) ||
      (at === 1 && next === t.END && isNumber(kind(0)) && kind(at + 1) !== t.NUMBER) ||
      next === sql.HAVING ||
      next === sql.UNION ||
      (next === sql.GROUP && kind(end + 1) === sql.BY)
    );
  }
  if (is !== COMPUTED) return false;
  if (next === t.COMMENT) return true;
  if (kind(at + 1) === t.OPEN && kind(at + 2) === sql.CONSTANT) return at === 1 && next === t.END;
  if (kind(at + 1) === sql.CONSTANT) return at === 1 && isNumber(kind(0)) && next === t.END;
  return at === 1 && isFunction(kind(at + 1)) && (kind(at + 3) === t.NUMBER || kind(at + 3) === t.HEX);
}

import {
  CONSTANT_NUMBER,
  CONSTANT_TEXT,
  COMPUTED,
  NO,
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
} from './sql-grammar.js';
import { statement } from './sql-statement.js';
import * as t from './sql-tokens.js';
import { sql } from './sql-words.js';

const { kind, isOdd } = t.tokens;

/**
 * Whether a quote ends a text that the application opened. Such a quote has no partner before it; where it has one, only
 * a condition that is true of every row counts.
 */
export function breaksOut(at: number, text: string, count: number, afterSelect: boolean): boolean {
  const lone = isOdd(at);
  const quote = kind(at);
  let next = skip(at + 1, t.CLOSE);
  if (lone && kind(next) === quote && next === at + 1) next = skip(next + 1, t.CLOSE);
  const token = kind(next);
  if (token === sql.LOGIC || token === t.LOGIC_SIGN || token === t.OPERATOR) {
    if (condition(next, text, lone, afterSelect, count)) return true;
  }
  if (!lone) return false;
  if (cutsRest(at, next, count)) return true;
  switch (token) {
    case t.OPERATOR:
      // `'-'`: nothing but a quote, an operator and a quote.
      if (count === 3 && quote === t.SINGLE_QUOTE && kind(next + 1) === quote) return true;
      return count <= 40 && calculates(next, quote, touches(at, text));
    case t.COMPARE:
      if (count <= 5 && at === 0 && quote === t.SINGLE_QUOTE && kind(next + 1) === quote) return true;
      return count <= 24 && comparesOn(next);
    case t.COMMENT:
      return commentsOut(next, at, count, text);
    case t.SEMI:
      return (
        statement(next + 1) || (isStop(kind(next + 1)) && kind(next + 1) === t.COMMENT && count - next <= 3)
      );
    case t.COMMA:
      return (
        (kind(next + 1) === t.OPEN &&
          (kind(next + 2) === sql.SELECT || kind(next + 2) === sql.CASE || kind(next + 2) === sql.BEGIN)) ||
        (kind(next + 1) === sql.IF && kind(next + 2) === t.OPEN)
      );
    case t.OPEN:
      return kind(next + 1) === sql.SELECT && (selectList(next + 2) || kind(next + 2) === sql.TOP);
    case sql.UNION:
      return unites(next, text);
    case sql.HAVING:
      return comparison(next + 1, text) === TAUTOLOGY;
    case sql.GROUP:
    case sql.ORDER:
      return kind(next + 1) === sql.BY && (isNumber(kind(next + 2)) || hasSoon(next));
    case sql.INTO:
      return kind(next + 1) === sql.OUTFILE;
    case sql.LIKE:
      if (at <= 1 && count <= 6 && quote === t.SINGLE_QUOTE && kind(next + 1) === quote) return true;
      return kind(next + 1) === t.OPEN && kind(next + 2) === sql.SELECT;
    case sql.EXEC:
    case sql.WAITFOR:
    case sql.DECLARE:
      return statement(next);
    default:
      return false;
  }
}

/** `' limit 1#`, `'; vacuum--`: SQL behind the quote that ends the first value, and a comment that ends the text. */
function cutsRest(at: number, next: number, count: number): boolean {
  // `-- -` is a comment too.
  const last = kind(count - 1) === t.OPERATOR ? kind(count - 2) : kind(count - 1);
  if (last !== t.COMMENT || count > 32 || !t.tokens.continuesValue(at)) return false;
  const token = kind(next);
  if (token === t.SEMI) return isName(kind(next + 1));
  return token === t.OPERATOR || token === t.COMPARE || (token >= 32 && token !== sql.LOGIC);
}

function hasSoon(at: number): boolean {
  for (let next = at + 2; next < at + 10; next++)
    if (kind(next) === sql.HAVING || kind(next) === t.COMMENT) return true;
  return false;
}

function unites(at: number, text: string): boolean {
  const next = skip(at + 1, sql.ALL, t.OPEN, t.OPERATOR);
  if (kind(next) === sql.SELECT) return kind(next + 1) === t.END || selectList(next + 1, true);
  return comparison(at + 1, text) !== NO && kind(comparisonEnd) === t.COMMENT;
}

/** What follows AND, OR or their signs after a quote. */
function condition(at: number, text: string, lone: boolean, afterSelect: boolean, count: number): boolean {
  const isWord = kind(at) !== t.OPERATOR;
  const inner = skip(at + 1, t.OPEN, sql.NOT);
  const token = kind(inner);
  if ((token === sql.TIMED || token === sql.DANGER) && lone)
    return kind(inner + 1) === t.OPEN || kind(inner + 1) === t.DOT || token === sql.DANGER;
  if (token === sql.SELECT) return lone && (selectList(inner + 1) || !afterSelect);
  if (!isWord) return false;
  if (token === sql.EXISTS || (token === sql.IF && kind(inner + 1) === t.OPEN)) return lone;
  if (lone && comparesInside(inner, text)) return true;
  const found = comparison(at + 1, text);
  const after = kind(comparisonEnd);
  if (found === TAUTOLOGY) {
    if (lone) return after !== t.WORD && after !== t.OTHER;
    return after === t.END || after === t.COMMENT ? !afterSelect || after === t.COMMENT : false;
  }
  if (found !== NO) return lone && (after !== t.WORD || afterSelect) && after !== t.OTHER;
  return lone && endsCondition(at, count, text);
}

/** `' or 1 --`, `' or '`, `' or '1`, `' or ''-'`, `' or true--`. */
function endsCondition(at: number, count: number, text: string): boolean {
  if (isQuote(kind(at + 1)) && kind(at + 2) === t.END) return !quotesWord(at, text);
  if (isQuote(kind(at + 1)) && isNumber(kind(at + 2)) && kind(at + 3) === t.END && count <= 6) return true;
  const end = operand(at + 1);
  if (end < 0) return false;
  const is = operandIs;
  const next = kind(end);
  if (is === CONSTANT_TEXT) {
    if (kind(at + 1) === kind(at + 2)) return count <= 12 && (next === t.OPERATOR || isQuote(next));
    return next === t.COMMENT || next === t.COMPARE;
  }
  if (is === CONSTANT_NUMBER)
    return (
      next === t.COMMENT ||
      (next === t.END && kind(at - 1) !== t.WORD) ||
      next === sql.LIMIT ||
      next === sql.GROUP
    );
  return is === COMPUTED && (next === t.COMMENT || (next === t.END && kind(end - 1) === t.CLOSE));
}

/** `'||(select`, `'+'b`, `'-'`: the text of the application becomes part of a calculation. */
function calculates(at: number, quote: number, touching: boolean): boolean {
  const inner = skip(at + 1, t.OPEN, t.OPERATOR);
  const token = kind(inner);
  if (token === sql.SELECT || token === sql.TIMED || token === sql.DANGER) return true;
  if (isFunction(token) && kind(inner + 1) === t.OPEN && (touching || at <= 1)) return true;
  if (token === t.VARIABLE || isNumber(token)) {
    const after = kind(inner + 1);
    return (
      after === sql.UNION ||
      ((touching || at <= 1) &&
        after === t.OPERATOR &&
        kind(inner + 2) === quote &&
        kind(inner + 3) === t.END) ||
      (after === t.OPERATOR && isNumber(kind(inner + 2)) && kind(inner + 3) === sql.UNION)
    );
  }
  // Double quotes with signs between them are how people search.
  if (!touching || token !== t.SINGLE_QUOTE || token !== quote || inner !== at + 1) return false;
  const end = operand(inner);
  return end > 0 && (kind(end) === t.END || kind(end) === t.OPERATOR || kind(end) === sql.UNION) && at <= 3;
}

/** `'=0--`, `' = 'x' = 0`. */
function comparesOn(at: number): boolean {
  const end = operand(at + 1);
  return end > 0 && (kind(end) === t.COMMENT || kind(end) === t.COMPARE) && at <= 6;
}

/** Whether the word is in quotes: no white space inside them, and some before them. */
function quotesWord(at: number, text: string): boolean {
  return t.tokens.start(at) === t.tokens.start(at - 1) + 1 && !touches(at - 1, text) && at > 1;
}

/** `admin'--`: a comment, and nothing of the text behind it but signs. */
function commentsOut(at: number, quoteAt: number, count: number, text: string): boolean {
  if (quoteAt > 12 || (quoteAt > 0 && !touches(quoteAt, text))) return false;
  const last = kind(count - 1);
  return count - at <= 3 && (last === t.COMMENT || last === t.OPERATOR || last === kind(quoteAt));
}

/** A quote that breaks out touches the value that it ends. */
function touches(at: number, text: string): boolean {
  return text.charCodeAt(t.tokens.start(at) - 1) > 32;
}

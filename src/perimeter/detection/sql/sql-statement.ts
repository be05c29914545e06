import { spend } from '../text/work.js';
import { isFunction, isName, isQuote, isStop, reach, selectList, unitsOf } from './sql-grammar.js';
import * as t from './sql-tokens.js';
import { sql } from './sql-words.js';

const { kind } = t.tokens;

/** The beginning of a second statement, in the shape that does something. */
export function statement(at: number): boolean {
  if (!spend(unitsOf.statement)) return false;
  const token = kind(at);
  const next = kind(at + 1);
  switch (token) {
    case sql.DROP:
      return next === sql.OBJECT ||
        next === sql.ROLE ||
        (next === t.WORD && kind(at + 2) === sql.OBJECT) ||
        next === sql.FUNCTION
        ? kind(at + 2) === t.END ||
            (isName(kind(at + 2)) && (!isPlainWord(kind(at + 3)) || kind(at + 2) === sql.BY))
        : false;
    case sql.ALTER:
      if (next === sql.LOGIC) return kind(at + 2) === sql.INSERT;
      return (next === sql.OBJECT || next === sql.ROLE || next === sql.FUNCTION) && isName(kind(at + 2));
    case sql.TRUNCATE:
      return next === sql.OBJECT ? isName(kind(at + 2)) : isName(next) && isStop(kind(at + 2));
    case sql.GRANT:
      return next === sql.ALL || next === sql.SELECT || next === sql.INSERT || next === sql.UPDATE;
    case sql.DO:
      return next === t.DOLLARS;
    case sql.SET:
      return next === sql.ROLE && isName(kind(at + 2));
    case sql.INSERT:
      return next === sql.INTO && isName(kind(at + 2)) && !isPlainWord(kind(at + 3));
    case sql.DELETE:
      return next === sql.FROM && isName(kind(at + 2)) && !isPlainWord(kind(at + 3));
    case sql.UPDATE:
      return isName(next) && kind(at + 2) === sql.SET;
    case sql.EXEC:
      return (
        next === t.OPEN ||
        next === sql.DANGER ||
        (isFunction(next) && kind(at + 2) === t.OPEN) ||
        dangerSoon(at) ||
        (isQuote(kind(at + 2)) && isName(next))
      );
    case sql.DECLARE:
      return next === t.VARIABLE;
    case sql.WAITFOR:
      return next === sql.DELAY && isQuote(kind(at + 2));
    case sql.SHUTDOWN:
      return isStop(next);
    case sql.SELECT:
      return selectList(at + 1);
    case sql.IF:
      return next === t.OPEN;
    case sql.BEGIN:
      return (
        next === sql.DANGER ||
        next === sql.DECLARE ||
        next === sql.IF ||
        next === sql.EXEC ||
        (kind(at + 2) === t.DOT && kind(at + 3) === sql.TIMED)
      );
    case sql.ATTACH:
      return (next === sql.OBJECT || next === sql.FUNCTION) && isQuote(kind(at + 2));
    case sql.COPY:
      return copies(at + 1);
    case sql.TIMED:
    case sql.DANGER:
      return next === t.OPEN;
    default:
      return false;
  }
}

/** COPY a table or a query to or from a file or a program (PostgreSQL). */
function copies(at: number): boolean {
  if (kind(at) === t.OPEN && kind(at + 1) === sql.SELECT) return true;
  if (!isName(kind(at))) return false;
  for (let next = at + 1; next < at + reach; next++) {
    const token = kind(next);
    if (token === t.END || token === t.SEMI) return false;
    if (token === sql.PROGRAM || token === t.SINGLE_QUOTE) return true;
  }
  return false;
}

const isPlainWord = (token: number): boolean => token === t.WORD || token === t.NUMBER;

function dangerSoon(at: number): boolean {
  for (let next = at + 1; next < at + 6; next++) if (kind(next) === sql.DANGER) return true;
  return false;
}

import type { Finder } from '../finding.js';
import { isAsciiLetter, isDigit } from './characters.js';

const afterScheme = /:\/\/[^\s"'<>@/]{1,512}@[^\s"'<>]{1,2048}/y;
/** A password of a database may hold a slash that nobody encoded. */
const afterDatabase = /:\/\/[^\s"'<>@]{1,512}@[^\s"'<>]{1,2048}/y;
const database =
  /(?:postgres|postgresql|mysql|mariadb|mongodb|mongodb\+srv|redis|rediss|amqps?|mssql|sqlserver)$/i;

/** A URL with a name or password in it, around the colon of its scheme: whole, because its host and query are part of the secret. */
export const findUrlCredentials: Finder = (text, at, from, work) => {
  if (text.charCodeAt(at + 1) !== 47 || text.charCodeAt(at + 2) !== 47) return null;
  let begin = at;
  while (begin > from && at - begin < 24 && isOfScheme(text.charCodeAt(begin - 1))) begin--;
  const pattern = database.test(text.slice(begin, at)) ? afterDatabase : afterScheme;
  pattern.lastIndex = at;
  const found = pattern.exec(text)?.[0];
  work.read += at - begin + (found?.length ?? 64);
  if (begin === at || found === undefined) return null;
  return { kind: 'credentials', begin, end: at + found.length };
};

const isOfScheme = (code: number): boolean =>
  isAsciiLetter(code) || isDigit(code) || code === 43 || code === 45 || code === 46;

const uuidBefore = /(?:^|[^\da-f-])([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/iu;
const secretAfter = /:[\da-f]{32}(?![\da-f])/iy;

/** A key of fal.ai around its colon: a UUID and 32 hexadecimal digits. */
export const findFalKey: Finder = (text, at, from, work) => {
  secretAfter.lastIndex = at;
  work.read += 4;
  if (!secretAfter.test(text)) return null;
  work.read += 70;
  const id = uuidBefore.exec(text.slice(Math.max(from, at - 37), at))?.[1];
  return id === undefined ? null : { kind: 'key', begin: at - id.length, end: at + 33 };
};

const names =
  /(?:password|passwd|pwd|secret|api[_-]?key|accountkey|sharedaccesskey|access[_-]?token|refresh[_-]?token|client[_-]?secret)$/iu;
const value = /=(?!=)"?([^\s;&"'<>(){}$]{6,200})(?!\()/y;
/** Of a program, or a folder: `password=form.password`, `PWD=/home`. */
const noSecret = /^(?:[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)+$|\/)/;

/** The name of a function: the pattern would otherwise stop one character before its parenthesis. */
const isCalled = (text: string, end: number): boolean => /^\w?\(/u.test(text.slice(end, end + 2));

/** The value behind `password=` and its like, in a connection string or a query. */
export const findAssignedSecret: Finder = (text, at, from, work) => {
  work.read += 1;
  if (!isAsciiLetter(text.charCodeAt(at - 1))) return null;
  work.read += 24;
  if (!names.test(text.slice(Math.max(from, at - 24), at))) return null;
  value.lastIndex = at;
  const [whole, found] = value.exec(text) ?? [];
  work.read += 2 * (whole?.length ?? 8);
  if (whole === undefined || found === undefined || noSecret.test(found) || isCalled(text, at + whole.length))
    return null;
  return { kind: 'credentials', begin: at + whole.length - found.length, end: at + whole.length };
};

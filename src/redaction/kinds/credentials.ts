import { isUtf8 } from 'node:buffer';
import type { Finder } from '../finding.js';
import { isAsciiLetter, isBlank, isDigit } from './characters.js';

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
  /(?:password|passwd|pwd|secret|api[_-]?key|accountkey|sharedaccesskey|secret[_-]?access[_-]?key|access[_-]?token|refresh[_-]?token|client[_-]?secret)$/iu;
const value = /=(?!=)"?([^\s;&"'<>(){}$]{6,200})(?!\()/y;
/** Of a program, a folder, or redacted before: `password=form.password`, `PWD=/home`. */
const noSecret = /^(?:[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)+$|\/|\[[A-Z]+_REDACTED)/;

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

const quotedNames =
  /(?:password|passwd|passphrase|pwd|secret|secret[_-]?(?:access[_-]?)?key|private[_-]?key|api[_-]?key|(?:access|refresh|auth|id|session|bearer)[_-]?token|authorization)$/iu;
/** The value of a member of JSON, or of JSON within a text of JSON, up to its closing quote. */
const quotedValue =
  /:\s{0,8}(?:"((?:[^"\\\n]|\\.){4,2000})"|'((?:[^'\\\n]|\\.){4,2000})'|\\"([^"\\\n]{4,2000})\\")/y;

/** A place that another program fills, or what was redacted before. */
const noQuotedSecret = /^(?:\$\{|\{\{|<|\[[A-Z]+_REDACTED)/;

/** The value behind `"password":` and its like, around the colon; also where the name has no quotes, as in YAML and programs. */
export const findQuotedSecret: Finder = (text, at, from, work) => {
  let end = at;
  while (end > from && at - end < 8 && isBlank(text.charCodeAt(end - 1))) end--;
  const quote = text.charCodeAt(end - 1);
  if (quote === 34 || quote === 39) end -= text.charCodeAt(end - 2) === 92 ? 2 : 1;
  else if (!isAsciiLetter(quote)) return null;
  work.read += 32;
  if (!quotedNames.test(text.slice(Math.max(from, end - 24), end))) return null;
  quotedValue.lastIndex = at;
  const [whole, double, single, escaped] = quotedValue.exec(text) ?? [];
  work.read += whole?.length ?? 400;
  const found = double ?? single ?? escaped;
  if (whole === undefined || found === undefined || noQuotedSecret.test(found)) return null;
  const begin = at + whole.lastIndexOf(found);
  return { kind: 'credentials', begin, end: begin + found.length };
};

const basic = /basic[\p{Zs}\t]{1,3}([A-Za-z\d+/]{8,1000}={0,2})(?![\w+/=])/iuy;

/** RFC 7617: what stands behind `Basic` is a name and a password, in base64. Words are not. */
export const findBasic: Finder = (text, at, from, work) => {
  if ((text.charCodeAt(at + 1) | 32) !== 97 || (text.charCodeAt(at + 2) | 32) !== 115) return null;
  if (at > from && isAsciiLetter(text.charCodeAt(at - 1))) return null;
  basic.lastIndex = at;
  const [whole, found] = basic.exec(text) ?? [];
  work.read += whole?.length ?? 32;
  if (whole === undefined || found === undefined) return null;
  const bytes = Buffer.from(found, 'base64');
  if (!isUtf8(bytes) || !/^[^\p{C}:]+:\P{C}*$/u.test(bytes.toString())) return null;
  const end = at + whole.length;
  return { kind: 'credentials', begin: end - found.length, end };
};

import { isIPv6 } from 'node:net';
import type { Finder, Finding, Work } from '../finding.js';
import { isDigit, isWord, joinsWord } from './characters.js';

const quad = /(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\d])(?!\.\d)/y;
/** Four numbers of one digit count chapters and versions; somebody's address is none of these ten thousand. */
const chapter = /^\d\.\d\.\d\.\d$/;
/** This machine, no machine, and masks of a network. */
const nobody = /^(?:127\.|0\.0\.0\.0$|255\.)/;
const versionBefore =
  /(?:\bv|version|release|build|chapter|section|kapitel|chrome\/|safari\/|\b[a-z][\w-]*\/v?|\b(?:ver|version|release|build)=v?)[\s:#.]*$/iu;

/** In a path or a query it is an address as well. */
const withinUrl = /:\/\/[^\s"'<>]*$/u;

/** An IPv4 address whose first digit is at `at`. */
export function findIpv4(text: string, at: number, work: Work): Finding | null {
  // Behind one to three digits there is a dot.
  if (text[at + 1] !== '.' && text[at + 2] !== '.' && text[at + 3] !== '.') return null;
  quad.lastIndex = at;
  const found = quad.exec(text)?.[0];
  work.read += 16;
  if (found === undefined || chapter.test(found) || nobody.test(found)) return null;
  const end = at + found.length;
  if (joinsWord(text.charCodeAt(end)) || text[at - 1] === '.') return null;
  work.read += 100;
  if (
    versionBefore.test(text.slice(Math.max(0, at - 20), at)) &&
    !withinUrl.test(text.slice(Math.max(0, at - 80), at))
  )
    return null;
  return { kind: 'ip', begin: at, end };
}

const groups = /[\da-f:]{2,39}:(?:\d{1,3}\.){3}\d{1,3}|[\da-f:]{2,39}/iy;

/** An IPv6 address around its first colon. */
export const findIpv6: Finder = (text, at, from, work) => {
  let begin = at;
  while (begin > from && at - begin < 4 && isHex(text.charCodeAt(begin - 1))) begin--;
  work.read += at - begin + 45;
  const before = text.charCodeAt(begin - 1);
  if (isWord(before) || before === 58) return null;
  groups.lastIndex = begin;
  let found = groups.exec(text)?.[0];
  // A colon that ends the clause.
  if (found !== undefined && /[^:]:$/u.test(found)) found = found.slice(0, -1);
  if (found === undefined || joinsWord(text.charCodeAt(begin + found.length)) || !isIPv6(found)) return null;
  // Two words of code with `::` between them have no digit, or are the machine itself.
  if (!/\d/u.test(found) || /^[:0]*:[01]?$/u.test(found)) return null;
  return { kind: 'ip', begin, end: begin + found.length };
};

const isHex = (code: number): boolean => isDigit(code) || ((code | 32) >= 97 && (code | 32) <= 102);

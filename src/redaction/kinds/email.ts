import type { Finder } from '../finding.js';
import { isAsciiLetter, isDigit, isOfUnspacedScript, isWord } from './characters.js';

/** Of RFC 5322's atoms those that addresses have in practice; quotes and slashes stand around addresses rather than in them. */
const localMarks = new Set(Array.from(`.!#$%&*+-=?^_{|}~'`, (mark) => mark.charCodeAt(0)));
const longestLocal = 64;
/** Labels of up to 63 characters, the last one of letters or in Punycode. */
const domain =
  /(?:[\p{L}\p{N}\p{M}](?:[\p{L}\p{N}\p{M}-]{0,61}[\p{L}\p{N}\p{M}])?\.){1,8}(?:xn--[a-z0-9-]{2,59}|[a-z]{2,24}|\p{L}[\p{L}\p{M}]{1,23})/iuy;
const literal = /\[(?:IPv6:)?[\da-f.:]{3,45}\]/iuy;
const longestRead = 330;

/** An e-mail address around an `@`. */
export const findEmail: Finder = (text, at, from, work) => {
  const begin = beginOfLocal(text, at, from);
  work.read += at - begin;
  if (begin === at) return null;
  for (const pattern of [domain, literal]) {
    pattern.lastIndex = at + 1;
    const found = pattern.exec(text);
    work.read += Math.min(longestRead, found?.[0].length ?? 64);
    if (found === null) continue;
    const end = at + 1 + found[0].length;
    const code = text.charCodeAt(end);
    // What goes on is no address: a version of a package, a path.
    if (isWord(code) && !isOfUnspacedScript(code)) continue;
    return { kind: 'email', begin, end };
  }
  return null;
};

function beginOfLocal(text: string, at: number, from: number): number {
  const isAscii = text.charCodeAt(at - 1) < 128;
  let begin = at;
  while (begin > from && at - begin < longestLocal) {
    const code = text.charCodeAt(begin - 1);
    const isPart =
      isDigit(code) || isAsciiLetter(code) || localMarks.has(code) || (code > 127 && isWord(code));
    // In a script without blanks the sentence before it would be taken for its name.
    if (!isPart || (isAscii && isOfUnspacedScript(code))) break;
    begin--;
  }
  // Marks before it belong to the sentence.
  while (begin < at && !isWord(text.charCodeAt(begin)) && text[begin] !== '_') begin++;
  return begin;
}

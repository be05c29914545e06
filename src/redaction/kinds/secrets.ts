import type { Finder, RedactedKind } from '../finding.js';
import { isAsciiLetter, isDigit } from './characters.js';

/** Shapes of keys by their beginning. Each pattern is bounded and has one way to read a text. */
interface Shape {
  readonly prefix: string;
  readonly rest: RegExp;
  readonly kind?: RedactedKind;
}

/** What nobody writes as words: with a digit in it, or a capital letter beside a small one. */
const opaque = (least: number, most = 400): RegExp =>
  new RegExp(`(?=[\\w-]{0,80}(?:\\d|[a-z][A-Z]|[A-Z][a-z]))[\\w-]{${least},${most}}`, 'y');

/** By the mark on which they are looked for: the last character of the prefix, or one within it. */
const shapes: readonly Shape[] = [
  { prefix: 'sk-', rest: opaque(16) },
  ...['sk_live_', 'sk_test_', 'rk_live_', 'rk_test_'].map((prefix) => ({ prefix, rest: opaque(10) })),
  { prefix: 'velro_', rest: opaque(8) },
  ...['sb_secret_', 'sb_publishable_', 'sbp_'].map((prefix) => ({ prefix, rest: opaque(16) })),
  { prefix: 'whsec_', rest: /(?=[\w+/=-]{0,80}(?:\d|[a-z][A-Z]|[A-Z][a-z]))[\w+/=-]{8,200}/y },
  ...['github_pat_', 'ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'glpat-', 'npm_', 'hf_', 'GOCSPX-'].map(
    (prefix) => ({
      prefix,
      rest: opaque(20),
    }),
  ),
  ...['xoxa-', 'xoxb-', 'xoxp-', 'xoxr-', 'xoxs-', 'xapp-'].map((prefix) => ({ prefix, rest: opaque(10) })),
  { prefix: 'AKIA', rest: /[A-Z0-9]{16}/y },
  { prefix: 'ASIA', rest: /[A-Z0-9]{16}/y },
  // Looked for by its second letter: an `a` is in every word.
  { prefix: 'AI', rest: /za[\w-]{30,60}/y },
  { prefix: 'EAA', rest: /(?=[A-Za-z]*\d)[A-Za-z0-9]{24,400}/y },
  { prefix: 'ya29.', rest: opaque(20), kind: 'token' },
  { prefix: 'SG.', rest: /[\w-]{16,32}\.[\w-]{16,64}/y },
  { prefix: 'eyJ', rest: /[\w-]{6,4000}\.[\w-]{2,8000}(?:\.[\w-]{0,2000}){0,3}/y, kind: 'token' },
];

/** By the last character of the prefix. */
const byMark = new Map<number, Shape[]>();
for (const shape of shapes) {
  const mark = shape.prefix.charCodeAt(shape.prefix.length - 1);
  byMark.set(mark, [...(byMark.get(mark) ?? []), shape]);
}

/** The characters on which `findKey` is asked. */
export const keyMarks: readonly number[] = [...byMark.keys()];

/** A key of a known shape, or a JSON Web Token: the prefix ends with the character at `at`. */
export const findKey: Finder = (text, at, from, work) => {
  for (const { prefix, rest, kind = 'key' } of byMark.get(text.charCodeAt(at)) ?? []) {
    const begin = at + 1 - prefix.length;
    if (begin < from || !text.startsWith(prefix, begin)) continue;
    const before = text.charCodeAt(begin - 1);
    if (begin > from && (isAsciiLetter(before) || isDigit(before) || before === 95)) continue;
    rest.lastIndex = at + 1;
    const found = rest.exec(text)?.[0];
    work.read += found?.length ?? 32;
    if (found !== undefined) return { kind, begin, end: at + 1 + found.length };
  }
  return null;
};

const bearer = /bearer\p{Zs}{1,3}/iuy;
const credential = /(?=[A-Za-z~+/_.-]{0,80}[\d=]|[^\s]{40})[\w.~+/=-]{12,4000}/y;

/** RFC 6750: what stands behind `Bearer`. A word has no digit in it. */
export const findBearer: Finder = (text, at, _from, work) => {
  if ((text.charCodeAt(at + 1) | 32) !== 101 || (text.charCodeAt(at + 2) | 32) !== 97) return null;
  bearer.lastIndex = at;
  const word = bearer.exec(text)?.[0];
  work.read += 8;
  if (word === undefined || isAsciiLetter(text.charCodeAt(at - 1))) return null;
  credential.lastIndex = at + word.length;
  const found = credential.exec(text)?.[0];
  work.read += found?.length ?? 80;
  const begin = at + word.length;
  return found === undefined ? null : { kind: 'token', begin, end: begin + found.length };
};

const threeParts =
  /[\w-]{10,2000}\.[\w-]{10,8000}\.(?=[\w-]{0,40}[A-Z])(?=[\w-]{0,40}[a-z])(?=[\w-]{0,80}\d)[\w-]{20,2000}/y;
const longestFirstPart = 400;

/** Three parts in base64url around the first dot: a token whose header was altered is one too. */
export const findToken: Finder = (text, at, from, work) => {
  if (!isBase64Url(text.charCodeAt(at + 1))) return null;
  let begin = at;
  while (begin > from && at - begin < longestFirstPart && isBase64Url(text.charCodeAt(begin - 1))) begin--;
  work.read += at - begin;
  if (at - begin < 10) return null;
  threeParts.lastIndex = begin;
  const found = threeParts.exec(text)?.[0];
  work.read += found?.length ?? 64;
  return found === undefined ? null : { kind: 'token', begin, end: begin + found.length };
};

const isBase64Url = (code: number): boolean =>
  isAsciiLetter(code) || isDigit(code) || code === 45 || code === 95;

const pem =
  /-----BEGIN [A-Z0-9 ]{1,60}-----(?:[A-Za-z0-9+/=\s\\:,.]|-(?!-)){0,20000}(?:-----END [A-Z0-9 ]{1,60}-----)?/y;

/** RFC 7468: from its first line to its last one, or as far as it goes. `at` is its first hyphen. */
export const findPem: Finder = (text, at, _from, work) => {
  if (text.charCodeAt(at + 1) !== 45) return null;
  pem.lastIndex = at;
  const found = pem.exec(text)?.[0];
  work.read += found?.length ?? 11;
  return found === undefined ? null : { kind: 'key', begin: at, end: at + found.length };
};

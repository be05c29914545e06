import { spend } from '../text/work.js';
import { hasSink } from './xss-script.js';

const windowChars = 240;
/** Units of work for the patterns over one window. */
const windowUnits = 2500;

/** A script element that loads a URL or has code; one that is only mentioned is prose. */
export function scriptRuns(text: string, at: number, anchored: boolean): boolean {
  const end = Math.min(text.length, at + windowChars);
  if (hasSink(text, at, end)) return true;
  if (!anchored) return false;
  if (!spend(windowUnits)) return false;
  const inside = text.slice(at + 7, end);
  if (/[\s/"']src\s*=|href\s*=/iu.test(inside) || /^\/?src\s*=/iu.test(inside)) {
    return /=\s*["'`]?\s*(?:https?:|\/\/|data:|\\\\)/iu.test(inside);
  }
  const body = inside.slice(inside.indexOf('>') + 1);
  return inside.includes('>') && /[=(`[]/u.test(body.split('</')[0] ?? '');
}

export function styleRuns(text: string, at: number): boolean {
  if (!spend(windowUnits)) return false;
  const inside = text
    .slice(at, at + windowChars)
    .replaceAll('\\', '')
    .toLowerCase();
  return /@import|-moz-binding|expression|javascript|behavior\s*:|type\s*=\s*["']text\/javascript/u.test(
    inside,
  );
}

const loaders = new Set([
  'iframe',
  'frame',
  'embed',
  'object',
  'layer',
  'xml',
  'applet',
  'base',
  'link',
  'meta',
  'import',
]);

/** Elements that load a page, a style or a script from another origin, or act as a response header. */
export function linksOut(text: string, at: number, name: string): boolean {
  if (!loaders.has(name) || !spend(windowUnits)) return false;
  const inside = text.slice(at, at + windowChars);
  if (name === 'meta') return /http-equiv\s*=\s*["']?\s*(?:refresh|set-cookie|link)|utf-7/iu.test(inside);
  if (name === 'link' && !/rel\s*=\s*["']?(?:stylesheet|import)/iu.test(inside)) return false;
  return /(?:src|href|data|codebase)\s*=\s*["'`]?\s*(?:https?:|\/\/|data:)/iu.test(inside);
}

/** What stands between the quote that ends an attribute and the handler behind it: other attributes. */
const between = /^(?:[\s/]|autofocus|contenteditable|tabindex=\w+|type=\w+|id=\w+|src=\w+)*$/iu;

/**
 * An event handler before this equals sign: inside a tag that stands where a page was broken out of, or with a call that
 * attackers make; outside a tag, right behind a quote that ended an attribute.
 */
export function attributeRuns(
  text: string,
  at: number,
  tagAt: number,
  anchored: boolean,
  quoteAt: number,
): boolean {
  let end = at - 1;
  while (end > at - 16 && (text.charCodeAt(end) <= 32 || text.charCodeAt(end) === 47)) end--;
  let start = end;
  while (start > end - 32 && isLetter(text.charCodeAt(start))) start--;
  if (
    end - start < 4 ||
    (text.charCodeAt(start + 1) | 32) !== 111 ||
    (text.charCodeAt(start + 2) | 32) !== 110
  )
    return false;
  if (start >= 0 && !separates(text.charCodeAt(start))) return false;
  // Braces are how components are written; they hold names, not texts.
  if (/^\s*\{/u.test(text.slice(at + 1, at + 6))) return false;
  const calls = hasSink(text, at, Math.min(text.length, at + 160));
  // The whole text is an attribute: it begins with its name.
  if (calls && text.slice(0, start + 1).trim() === '') return true;
  if (tagAt >= 0 && at - tagAt < 2048) return calls || (anchored && !hasProseBefore(text, tagAt, start));
  return calls && quoteAt >= 0 && start - quoteAt < 40 && between.test(text.slice(quoteAt + 1, start + 1));
}

/** A tag that closed, and words behind it: the name before the equals sign is no attribute. */
function hasProseBefore(text: string, tagAt: number, start: number): boolean {
  if (!spend(windowUnits)) return true;
  const between = text.slice(tagAt, Math.min(start, tagAt + 256));
  const close = between.lastIndexOf('>');
  return close >= 0 && !/["'`]\s*>/u.test(between) && /\w\s+\w/u.test(between.slice(close));
}

/** White space, a slash, a quote, or a control character. */
function separates(code: number): boolean {
  return code <= 32 || code === 47 || code === 39 || code === 34 || code === 96 || code === 59 || code > 127;
}

function isLetter(code: number): boolean {
  return (code | 32) >= 97 && (code | 32) <= 122;
}

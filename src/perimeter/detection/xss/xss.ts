import { signs } from '../text/characters.js';
import { spend } from '../text/work.js';
import { attributeRuns, linksOut, scriptRuns, styleRuns } from './xss-tags.js';
import { breaksScript, hasSink, isRunnableUrl, wordBefore } from './xss-script.js';

/** What stands before a tag when a page was broken out of: the end of a text, an attribute, a comment or an element. */
const breakOut = /(?:["'`>)]|^|-->|%>|”)\s*$/u;
const headChars = 64;
/** A text that is nothing but the call with which injection is tried. */
const callsOnly =
  /^\s*(?:alert|confirm|prompt)\((?:\d+|["'`/].{0,24}|document\.\w+|window\.\w+|)\)\s*;?\s*$/u;
/** Units of work: for a tag's name and place, for an attribute, a URL, a quote. */
const unitsOf = { tag: 450, attribute: 90, url: 200, quote: 250 };

/**
 * Whether a text looks like cross-site scripting: one pass over the signs that begin a tag, an attribute, a URL or
 * script.
 */
export function looksLikeXss(text: string): boolean {
  let tagAt = -1;
  let anchored = false;
  let opened = false;
  let quoteAt = -1;
  const seen = { single: false, double: false };
  if (text.length <= headChars && callsOnly.test(text)) return true;
  for (let index = 0; index < signs.count(); index++) {
    const at = signs.at(index);
    switch (text.charCodeAt(at)) {
      case 60: // <
        if (!beginsTag(text, at)) break;
        if (!spend(unitsOf.tag)) return false;
        tagAt = at;
        anchored = isAnchored(text, at);
        if (tagRuns(text, at, anchored, opened)) return true;
        if (isScriptTag(text, at)) opened = true;
        break;
      case 62: // >
        // A sign inside an attribute does not end the tag; attributes far behind do not belong to it.
        if (tagAt >= 0 && at - tagAt > 2048) tagAt = -1;
        break;
      case 61: // =
        if (!spend(unitsOf.attribute)) return false;
        if (attributeRuns(text, at, tagAt, anchored, quoteAt)) return true;
        break;
      case 58: // :
        if (!spend(unitsOf.url)) return false;
        if (isRunnableUrl(text, at, tagAt >= 0)) return true;
        break;
      case 40: // (
        if (tagAt >= 0 && spend(unitsOf.attribute) && wordBefore(text, at, 'expression')) return true;
        break;
      case 123: // {
        if (tagAt >= 0 && text.charCodeAt(at - 1) === 38) return true;
        break;
      case 39: // '
      case 34: // "
      case 96: {
        // `
        const single = text.charCodeAt(at) === 39;
        const first = single ? !seen.single : !seen.double;
        const isBacktick = text.charCodeAt(at) === 96;
        if (first && !isBacktick && spend(unitsOf.quote) && breaksScript(text, at)) return true;
        if (single) seen.single = true;
        else if (!isBacktick) seen.double = true;
        if (!isBacktick) quoteAt = at;
        break;
      }
      case 43: // +
        if (!spend(unitsOf.attribute)) return false;
        if (isUtf7Tag(text, at)) return true;
        break;
    }
  }
  return false;
}

function beginsTag(text: string, at: number): boolean {
  let next = at + 1;
  while (next < at + 4 && text.charCodeAt(next) <= 32 && text.charCodeAt(next) !== 32) next++;
  const code = text.charCodeAt(next);
  return (
    ((code | 32) >= 97 && (code | 32) <= 122) || code === 47 || code === 33 || code === 63 || code === 37
  );
}

function isAnchored(text: string, at: number): boolean {
  return at <= headChars || breakOut.test(text.slice(at - 6, at));
}

function isScriptTag(text: string, at: number): boolean {
  return text.slice(at + 1, at + 7).toLowerCase() === 'script';
}

function tagRuns(text: string, at: number, anchored: boolean, opened: boolean): boolean {
  const name = tagName(text, at);
  if (name === 'script') return scriptRuns(text, at, anchored);
  if (name === '/script') return !opened && hasSink(text, Math.max(0, at - 80), at);
  if (name === 'style') return anchored && styleRuns(text, at);
  return anchored && linksOut(text, at, name);
}

/** The name, without the control characters that old parsers skip. */
function tagName(text: string, at: number): string {
  let name = '';
  for (let next = at + 1; next < at + 16; next++) {
    const code = text.charCodeAt(next);
    if (code < 32) {
      if (name !== '' && code !== 0) break;
      continue;
    }
    const isLetter = (code | 32) >= 97 && (code | 32) <= 122;
    if (!isLetter && !(code === 47 && name === '')) break;
    name += String.fromCharCode(isLetter ? code | 32 : code);
  }
  return name;
}

/** `<` in UTF-7, which a page without a charset once was read as. */
function isUtf7Tag(text: string, at: number): boolean {
  return /^\+ADw-\/?(?:script|img|svg|iframe|body|x)/i.test(text.slice(at, at + 16));
}

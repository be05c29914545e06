import { detectionLimits } from '../../../config/policy/perimeter/detection.js';
import * as c from './text/characters.js';
import { looksLikeCommand } from './command/command.js';
import { decodeOnce, foldText } from './text/decode.js';
import { allowFor, beginLook, beginWork, leaveUnjudged, spend, spendPass } from './text/work.js';
import { looksLikeHeader } from './header.js';
import {
  COMMAND,
  HEADER,
  LOG,
  type MaliciousKind,
  NOSQL,
  PROMPT,
  SQLI,
  TEMPLATE,
  TRAVERSAL,
  XSS,
  namesOf,
} from './kinds.js';
import { looksLikeLog } from './log.js';
import { looksLikeNosql } from './nosql.js';
import { looksLikePrompt } from './prompt/prompt.js';
import { looksLikeSqli } from './sql/sqli.js';
import { looksLikeTemplate } from './template.js';
import { looksLikeTraversal } from './traversal.js';
import { looksLikeXss } from './xss/xss.js';

export interface DetectionOptions {
  /** Also look for prompt injection. */
  readonly prompt?: boolean;
}

/** How a view of a text came about. */
interface View {
  readonly prompt: boolean;
  /** Line breaks, and climbing dots, that the text as given did not have. */
  readonly encodedBreaks: boolean;
  readonly encodedClimb: boolean;
}

/** Units of work for a character (`text/work.ts`), of the passes that read all of them. */
const unitsOf = { characters: 4, decoding: 12, folding: 16, sign: 4, sql: 13, prompt: 15 };

/** The kinds of attack that a text has the shape of, each once, in a fixed order; a frozen, shared list. */
export function detectIn(text: string, options?: DetectionOptions): readonly MaliciousKind[] {
  beginWork();
  return namesOf(bitsOf(text, options?.prompt === true));
}

/**
 * The same as bits of `kinds.ts`, paid for by the account that is open. A text is read as given, Unicode-folded, and with up
 * to three layers of encoding decoded.
 */
export function bitsOf(text: string, prompt: boolean): number {
  allowFor(text.length);
  const given = paidPart(bounded(text), unitsOf.characters);
  const has = c.charactersOf(given);
  // Fast path: most input is names, numbers and paths without traversal.
  if ((has & ~(c.DIGIT | c.DOT | c.SLASH | c.BRACKET | c.COMMA)) === 0 && !prompt && !mayClimb(given, has))
    return 0;
  const climbs = (has & c.DOT) !== 0 && (given.includes('../') || given.includes('..\\'));
  const view: View = { prompt, encodedBreaks: (has & c.BREAK) === 0, encodedClimb: !climbs };
  const found = look(given, has, { prompt, encodedBreaks: false, encodedClimb: false });
  if ((has & c.FOLDED) === 0) return found | decoded(given, has, view);
  const folded = foldText(paidPart(given, unitsOf.folding));
  const foldedHas = charactersOf(folded);
  return found | look(folded, foldedHas, view) | decoded(folded, foldedHas, view);
}

/**
 * The views with the encodings decoded: percent signs and entities alone first, then with backslashes, which are no encoding
 * in a path of Windows: `%2e%2e\etc`.
 */
function decoded(text: string, has: number, view: View): number {
  const plain = layers(text, has, view, false);
  return plain.escapes ? plain.found | layers(text, has, view, true).found : plain.found;
}

function layers(
  text: string,
  has: number,
  view: View,
  withEscapes: boolean,
): { readonly found: number; readonly escapes: boolean } {
  const encodings = c.ENCODED | c.ENTITY | (withEscapes ? c.ESCAPED : 0);
  const plusIsSpace = (has & (c.PLUS | c.SPACE)) === c.PLUS;
  let [found, now, seen] = [0, text, has];
  for (let layer = 0; layer < detectionLimits.decodings; layer++) {
    const isPlus = layer === 0 && plusIsSpace;
    if ((has & encodings) === 0 && !isPlus) break;
    const next = decodeOnce(paidPart(now, unitsOf.decoding), isPlus, withEscapes);
    if (next === now) break;
    now = next;
    has = charactersOf(now);
    seen |= has;
    found |= look(now, has, view);
  }
  return { found, escapes: (seen & c.ESCAPED) !== 0 };
}

/** A path with two dots, or of the system: `/etc/…`, `/proc/…`. */
function mayClimb(text: string, has: number): boolean {
  if ((has & c.SLASH) === 0) return false;
  if ((has & c.DOT) !== 0 && text.includes('..')) return true;
  const first = text.charCodeAt(0) === 47 ? text.charCodeAt(1) : text.charCodeAt(0);
  return (has & c.DOT) !== 0 || first === 101 || first === 112;
}

function bounded(text: string): string {
  const { headChars, tailChars } = detectionLimits;
  if (text.length <= headChars + tailChars) return text;
  leaveUnjudged();
  return text.slice(0, headChars) + text.slice(-tailChars);
}

/** The text, or as much of its beginning as there is work left for. */
function paidPart(text: string, unitsPerChar: number): string {
  const paid = spendPass(text.length, unitsPerChar);
  return paid < text.length ? text.slice(0, paid) : text;
}

function charactersOf(text: string): number {
  return c.charactersOf(paidPart(text, unitsOf.characters));
}

/** Runs only the detectors whose characters occur in the text. */
function look(text: string, has: number, { prompt, encodedBreaks, encodedClimb }: View): number {
  let found = 0;
  if (c.maySql(has) && looksLikeSqli(opened(text, unitsOf.sql))) found |= SQLI;
  if (c.mayXss(has) && opens() && looksLikeXss(text)) found |= XSS;
  if ((c.mayCommand(has) || text.startsWith('nc')) && opens() && looksLikeCommand(text, encodedBreaks))
    found |= COMMAND;
  if ((has & (c.SLASH | c.BACKSLASH)) !== 0 && opens() && looksLikeTraversal(text, encodedClimb))
    found |= TRAVERSAL;
  if (c.mayNosql(has) && opens() && looksLikeNosql(text)) found |= NOSQL;
  if (c.mayTemplate(has) && opens() && looksLikeTemplate(text)) found |= TEMPLATE;
  if ((has & c.BREAK) !== 0 && opens() && looksLikeHeader(text, encodedBreaks)) found |= HEADER;
  if (c.mayLog(has) && opens() && looksLikeLog(text, encodedBreaks)) found |= LOG;
  if (prompt && looksLikePrompt(opened(text, unitsOf.prompt))) found |= PROMPT;
  return found;
}

/** Pays for a pass over the text. */
function opened(text: string, unitsPerChar: number): string {
  const part = paidPart(text, unitsPerChar);
  beginLook();
  return part;
}

/** Pays for a visit of every sign. */
function opens(): boolean {
  beginLook();
  return spend(c.signs.count() * unitsOf.sign);
}

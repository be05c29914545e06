import { detectionLimits } from '../../../config/policy/perimeter/detection.js';
import * as c from './text/characters.js';
import { looksLikeCommand } from './command/command.js';
import { decodeOnce, foldText } from './text/decode.js';
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

/** The kinds of attack that a text has the shape of, each once, in a fixed order; a frozen, shared list. */
export function detectIn(text: string, options?: DetectionOptions): readonly MaliciousKind[] {
  return namesOf(bitsOf(text, options?.prompt === true));
}

/**
 * The same as bits of `kinds.ts`. A text is read as given, Unicode-folded, and with up to three layers of encoding
 * decoded.
 */
export function bitsOf(text: string, prompt: boolean): number {
  const given = bounded(text);
  let has = c.charactersOf(given);
  // Fast path: most input is names, numbers and paths without traversal.
  if ((has & ~(c.DIGIT | c.DOT | c.SLASH | c.BRACKET)) === 0 && !prompt && !mayClimb(given, has)) return 0;
  const encodedBreaks = (has & c.BREAK) === 0;
  const climbs = (has & c.DOT) !== 0 && (given.includes('../') || given.includes('..\\'));
  let found = look(given, has, false, false, prompt);
  let view = given;
  if ((has & c.FOLDED) !== 0) {
    view = foldText(given);
    has = c.charactersOf(view);
    found |= look(view, has, encodedBreaks, !climbs, prompt);
  }
  const plusIsSpace = (has & (c.PLUS | c.SPACE)) === c.PLUS;
  for (let layer = 0; layer < detectionLimits.decodings; layer++) {
    const isPlus = layer === 0 && plusIsSpace;
    if ((has & (c.ENCODED | c.ENTITY | c.ESCAPED)) === 0 && !isPlus) break;
    const decoded = decodeOnce(view, isPlus);
    if (decoded === view) break;
    view = decoded;
    has = c.charactersOf(view);
    found |= look(view, has, encodedBreaks, !climbs, prompt);
  }
  return found;
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
  return text.slice(0, headChars) + text.slice(-tailChars);
}

/** Runs only the detectors whose characters occur in the text. */
function look(
  text: string,
  has: number,
  encodedBreaks: boolean,
  encodedClimb: boolean,
  prompt: boolean,
): number {
  let found = 0;
  const spaced = has & (c.SPACE | c.PAREN | c.BREAK);
  const sql =
    (has & (c.QUOTE | c.AT)) !== 0 ||
    (spaced !== 0 &&
      (has & (c.DIGIT | c.EQUALS | c.AT | c.SEMICOLON | c.PIPE | c.AMPERSAND | c.PAREN)) !== 0) ||
    ((has & c.SLASH) !== 0 && (has & c.EQUALS) !== 0);
  if (sql && looksLikeSqli(text)) found |= SQLI;
  const script = has & (c.PAREN | c.EQUALS | c.BACKTICK);
  if (
    ((has & c.LESS) !== 0 ||
      ((has & (c.QUOTE | c.COLON)) !== 0 && script !== 0) ||
      (has & c.PLUS) !== 0 ||
      (has & c.COLON) !== 0) &&
    looksLikeXss(text)
  ) {
    found |= XSS;
  }
  const shell =
    c.SEMICOLON |
    c.PIPE |
    c.AMPERSAND |
    c.BACKTICK |
    c.DOLLAR |
    c.BREAK |
    c.MORE |
    c.LESS |
    c.BRACE |
    c.PAREN;
  if (((has & shell) !== 0 || text.startsWith('nc')) && looksLikeCommand(text, encodedBreaks))
    found |= COMMAND;
  if ((has & (c.SLASH | c.BACKSLASH)) !== 0 && looksLikeTraversal(text, encodedClimb)) found |= TRAVERSAL;
  const store =
    (has & c.DOLLAR) !== 0 ||
    ((has & (c.QUOTE | c.PIPE)) !== 0 && (has & (c.SEMICOLON | c.PIPE | c.AMPERSAND)) !== 0) ||
    (has & c.PAREN) !== 0 ||
    ((has & c.SEMICOLON) !== 0 && (has & c.DIGIT) !== 0);
  if (store && looksLikeNosql(text)) found |= NOSQL;
  const engine =
    (has & c.BRACE) !== 0 ||
    ((has & c.LESS) !== 0 && (has & (c.PERCENT | c.HASH)) !== 0) ||
    ((has & c.AT) !== 0 && (has & c.PAREN) !== 0) ||
    ((has & c.HASH) !== 0 && (has & (c.PAREN | c.BRACKET)) !== 0) ||
    ((has & c.DOLLAR) !== 0 && (has & c.DOT) !== 0);
  if (engine && looksLikeTemplate(text)) found |= TEMPLATE;
  if ((has & c.BREAK) !== 0 && looksLikeHeader(text, encodedBreaks)) found |= HEADER;
  const log = (has & (c.BREAK | c.CONTROL)) !== 0 || ((has & c.DOLLAR) !== 0 && (has & c.BRACE) !== 0);
  if (log && looksLikeLog(text, encodedBreaks)) found |= LOG;
  if (prompt && looksLikePrompt(text)) found |= PROMPT;
  return found;
}

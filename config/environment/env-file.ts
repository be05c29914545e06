import { decodeUtf8 } from '../values/utf8.js';
import type { ValidationResult } from '../values/validation-result.js';
import type { Texts } from './texts.js';

export interface EnvFile {
  readonly texts: Texts;
  /** Names that a refused line seems to set: they are not missing, only not understood. */
  readonly unclear: readonly string[];
}

type Reason = readonly [reason: string, hint: string];

const utf16 = 'Save it again as UTF-8.';
const form = 'Write NAME=value, a comment or nothing on each line.';
const quoteIt = "Put the value in quotes: NAME='value'.";

/** Invisible in an editor, and read by other programs as the end of the line. Tab is not among them. */
const controls = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028\u2029]/;
const blank = /^[ \t]*(#.*)?$/;
const assignment = /^[ \t]*(?:export[ \t]+)?([A-Z][A-Z0-9_]*)=(.*)$/;
/** As much of a refused line as may be taken for a name. */
const opening = /^[ \t]*(?:export[ \t]+)?([A-Za-z][A-Za-z0-9_]*)/;

/**
 * Reads a `.env` file. A line that is not understood is refused by its number and never skipped, because a variable that
 * is taken as unset gets a default: `ENVIRONMENT: production` must not boot as development. Null when the whole file is
 * unreadable. No fault repeats any part of the file.
 */
export function parseEnvFile(bytes: Buffer, result: ValidationResult): EnvFile | null {
  if (isUtf16(bytes)) {
    result.refuse('.env', 'is UTF-16, or no text at all', utf16);
    return null;
  }
  const texts: Record<string, string> = {};
  const unclear: string[] = [];
  const lineOfName = new Map<string, number>();
  linesOf(bytes).forEach((raw, at) => {
    const refuse = ([reason, hint]: Reason): void => {
      result.refuse('.env', `line ${at + 1} ${reason}`, hint);
    };
    const line = decodeUtf8(raw);
    if (line === null) {
      refuse(['is not UTF-8', utf16]);
      unclear.push(...namesIn(raw.toString('latin1')));
      return;
    }
    if (controls.test(line)) {
      refuse(['contains a control character', 'Type the line again.']);
      unclear.push(...namesIn(line));
      return;
    }
    if (blank.test(line)) return;
    const [, name, rest = ''] = assignment.exec(line) ?? [];
    if (name === undefined) {
      refuse(reasonOf(line));
      unclear.push(...namesIn(line));
      return;
    }
    const first = lineOfName.get(name);
    if (first !== undefined) {
      refuse([`sets the variable of line ${first} again`, 'Keep one of the two.']);
      unclear.push(name);
      return;
    }
    lineOfName.set(name, at + 1);
    const value = valueOf(rest);
    if (typeof value === 'string') texts[name] = value;
    else {
      refuse(value);
      unclear.push(name);
    }
  });
  for (const name of unclear) Reflect.deleteProperty(texts, name);
  return { texts, unclear };
}

/** By its mark, or by the zero bytes that ASCII has in it. */
function isUtf16(bytes: Buffer): boolean {
  const mark = bytes.subarray(0, 2).toString('hex');
  return mark === 'fffe' || mark === 'feff' || bytes.subarray(0, 1024).includes(0);
}

/** Without the byte-order mark and without the CR of CRLF. */
function linesOf(bytes: Buffer): Buffer[] {
  const marked = bytes.subarray(0, 3).toString('hex') === 'efbbbf';
  const lines: Buffer[] = [];
  for (let at = marked ? 3 : 0; at <= bytes.length;) {
    const feed = bytes.indexOf(0x0a, at);
    const end = feed === -1 ? bytes.length : feed;
    lines.push(bytes.subarray(at, feed !== -1 && end > at && bytes[end - 1] === 0x0d ? end - 1 : end));
    at = end + 1;
  }
  return lines;
}

const namesIn = (line: string): string[] => {
  const name = opening.exec(line)?.[1];
  return name === undefined ? [] : [name.toUpperCase()];
};

function reasonOf(line: string): Reason {
  return /^[ \t]*(?:export[ \t]+)?[^=]*[^= \t]=/.test(line)
    ? ['sets a name that is none', 'Names are capitals, digits and underscores: NAME=value.']
    : ['is neither blank, a comment nor NAME=value', form];
}

/** The value behind the equals sign, or why it is ambiguous. */
function valueOf(rest: string): string | Reason {
  const text = rest.replace(/^[ \t]+/, '');
  const [quote = ''] = text;
  if (quote === "'" || quote === '"' || quote === '`') return quotedValue(text, quote);
  // `NAME= # comment`; but in `NAME=#a` nobody knows whether a value begins.
  const comment = /(?:^|[ \t])#/.exec(rest);
  const value = (comment === null ? rest : rest.slice(0, comment.index)).replace(/^[ \t]+|[ \t]+$/g, '');
  if (rest.startsWith('#') || value.includes('#'))
    return ['has a # in its value that some programs take for a comment', quoteIt];
  return value;
}

function quotedValue(text: string, quote: string): string | Reason {
  const end = text.indexOf(quote, 1);
  if (end === -1) return ['opens a quote that it does not close', quoteIt];
  if (!blank.test(text.slice(end + 1)))
    return ['has text after the closing quote', 'Remove it, or use the other quotes.'];
  const value = text.slice(1, end);
  return quote === '"' && value.includes('\\')
    ? [
        'has a backslash in double quotes, which programs read differently',
        "Use single quotes: NAME='value'.",
      ]
    : value;
}

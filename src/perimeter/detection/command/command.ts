import { signs } from '../text/characters.js';
import { spend } from '../text/work.js';
import { isServerCode, startsWithCall } from './command-calls.js';
import { readName } from './command-name.js';
import { words } from './command-words.js';

const prefixChars = 96;
/** What is longer is no value but a text. */
const valueChars = 2048;
/** Units of work: at a sign, and for the arguments behind the name of a program. */
const unitsOf = { sign: 250, program: 1200 };

/** Whether a text looks like shell injection: one pass over the signs that end a command or begin a nested one. */
export function looksLikeCommand(text: string, encodedBreaks: boolean): boolean {
  if (startsWithCall(text)) return true;
  valueEnd = endOfValue(text);
  for (let index = 0; index < signs.count(); index++) {
    const at = signs.at(index);
    switch (text.charCodeAt(at)) {
      case 59: // ;
      case 124: // |
      case 38: // &
        if (separates(text, at)) return true;
        break;
      case 10:
      case 13:
        if (encodedBreaks && separates(text, at)) return true;
        break;
      case 36: // $
        if (substitutes(text, at)) return true;
        break;
      case 96: // `
        if (runsInBackticks(text, at)) return true;
        break;
      case 40: // (
        if (
          text.charCodeAt(at + 1) === 41 &&
          spend(unitsOf.sign) &&
          /^\(\)\s?\{\s?:;?\s?;?\s?\}\s?;/u.test(text.slice(at, at + 16))
        )
          return true;
        break;
      case 123: // {
        if (
          spend(unitsOf.sign) &&
          /^\{(?:\$\{[@\w]+\(|cat,|ls,|id,|wget,|curl,|bash,|\$_(?:GET|POST|REQUEST))/u.test(
            text.slice(at, at + 16),
          )
        )
          return true;
        break;
      case 60: // <
        if (isServerCode(text, at)) return true;
        break;
      case 62: // >
        if (at <= 1 && /^\s*\/(?:var|tmp|etc|home|dev)\//u.test(text.slice(at + 1, at + 16))) return true;
        if (/^&\s*\/dev\/tcp\//u.test(text.slice(at + 1, at + 16))) return true;
        break;
    }
  }
  return false;
}

function endOfValue(text: string): number {
  let at = 0;
  while (at < valueChars && text.charCodeAt(at) <= 32) at++;
  while (at < valueChars && text.charCodeAt(at) > 32) at++;
  while (at < valueChars && text.charCodeAt(at) <= 32) at++;
  return at;
}

/** Where the first value of the text ends, with the blanks behind it. */
let valueEnd = 0;

/** The text up to here, or its end, when it is one value: an address, a file name, a number, a quote. */
function value(text: string, at: number): string | null {
  return at > valueEnd ? null : text.slice(Math.max(0, at - prefixChars), at).trim();
}

function separates(text: string, at: number): boolean {
  if (!spend(unitsOf.sign)) return false;
  const next = skip(text, at + 1);
  const command = readName(text, next);
  if (command === null) return false;
  const before = value(text, at);
  const { name, end, isPath } = command;
  if (!spend(words.all.has(name) || isPath ? unitsOf.program : 0)) return false;
  const sign = text.charCodeAt(at);
  if (reads(text, name, end)) return true;
  if (before === null) return isQuoted(text, at) && takes(text, name, end, isPath);
  if (words.tools.has(before.toLowerCase()) || (sign === 38 && before.includes('='))) return false;
  if (words.runners.has(name) && text.charCodeAt(end) === 40) return true;
  if (isPath) return true;
  if (takes(text, name, end, false)) return true;
  if (!words.alone.has(name) || !stops(text, end, sign, next > at + 1)) return false;
  // A table of names is no chain of commands.
  return (
    !words.weak.has(name) ||
    endsList(text, end) ||
    isOnly(text, at, end) ||
    /^["']?[^a-z]*$|^["']?.$|[.\d)*]/iu.test(before)
  );
}

/** `;env;`: a separator that ends the text separates nothing else. */
function endsList(text: string, end: number): boolean {
  return /^[;|&]\s*$/u.test(text.slice(end, end + 4)) && end + 4 >= text.length;
}

/** `name;id`: two values; a table has more columns, and blanks between them. */
function isOnly(text: string, at: number, end: number): boolean {
  const sign = text[at] ?? '';
  return sign !== '|' && end === text.length && text.charCodeAt(at + 1) > 32 && text.indexOf(sign) === at;
}

/** A quote and then the separator: the rest of the text ended before the command began. */
function isQuoted(text: string, at: number): boolean {
  const code = text.charCodeAt(at - 1);
  if (code !== 34 && code !== 39) return false;
  const line = text.slice(Math.max(0, at - 256), at - 1);
  return !line.slice(line.lastIndexOf('\n') + 1).includes(code === 34 ? '"' : "'");
}

function skip(text: string, from: number): number {
  let at = from;
  for (; at < from + 24; at++) {
    const code = text.charCodeAt(at);
    const isSign = code === 59 || code === 124 || code === 38 || code === 40 || code === 10 || code === 13;
    if (!(code <= 32 || isSign)) break;
  }
  return at;
}

/** Files that only an attacker reads in a chain of commands. */
function reads(text: string, name: string, end: number): boolean {
  if (!words.withArgument.has(name) || text.charCodeAt(end) > 32) return false;
  return /^\s*\S*\/etc\/(?:passwd|shadow)|^\s*-\w+\s.*-e\s*\/bin\/|^\s*-i\s*>&/u.test(
    text.slice(end, end + 64),
  );
}

/** Whether what follows has the shape of arguments: an option, a path, an address, a number, a text, a variable. */
function takes(text: string, name: string, end: number, isPath: boolean): boolean {
  if (!words.withArgument.has(name) && !isPath) return false;
  const after = text.slice(end, end + 48);
  if (name === 'sleep' || name === 'timeout')
    return /^(?:\s|\$\{?IFS\}?)+\d+\s*(?:$|[;|&"'`)#\r\n])/iu.test(after);
  if (name === 'net') return /^\s+(?:user|view|localgroup|group|use|start|share)\b/iu.test(after);
  if (name === 'netsh' || name === 'reg')
    return /^\s+(?:firewall|add|query|delete|advfirewall|wlan|interface)\b/iu.test(after);
  if (name === 'echo')
    return /^\s+\S/u.test(after) && /[>|]|^\s+['"]?\w+['"]?\s*\d*$/u.test(text.slice(end, end + 512));
  if (name === 'ps') return /^\s+(?:aux|-)/u.test(after);
  if (
    /^(?:\s|\$\{?IFS\}?(?:\$9)?)+(?:-{1,2}[a-z]|\/|\\|~|\$|\.\.?\/|\*|https?:|%\w+%|[a-z]:\\|['"]|\d{1,3}\.\d)/iu.test(
      after,
    )
  )
    return true;
  return (
    /^\s+(?:[\w-]+\.)+[a-z]{2,}\b|^\s+\d{1,9}\s*(?:$|[;|&+*-])/iu.test(after) &&
    name !== 'type' &&
    name !== 'host'
  );
}

/** The end of the text, or of the command. A separator with spaces around it is also how tables are drawn. */
function stops(text: string, end: number, sign: number, spaced: boolean): boolean {
  const after = text.slice(end, end + 4);
  if (/^\s*$/u.test(after) && end + 4 >= text.length) return true;
  if (/^["'`);]|^\\n|^#/u.test(after)) return true;
  if (sign === 124 && spaced) return /^[|;]/u.test(after);
  return /^\s*[|;&\r\n>]/u.test(after);
}

/** $(…), ${IFS}, $_GET[…]. */
function substitutes(text: string, at: number): boolean {
  const first = text.charCodeAt(at + 1);
  if (first !== 40 && first !== 95 && first !== 123 && (first | 32) !== 105) return false;
  if (!spend(unitsOf.sign)) return false;
  const next = text.slice(at + 1, at + 12);
  if (/^(?:\{IFS|IFS\b|IFS\$9)/iu.test(next)) return true;
  if (/^_(?:GET|POST|REQUEST|SERVER)\[/u.test(next)) return at <= 4;
  if (/^\{@(?:print|system|eval)/iu.test(next)) return true;
  if (first !== 40) return false;
  const command = readName(text, skip(text, at + 1) + (text[at + 2] === '`' ? 1 : 0));
  if (command === null) return false;
  const { name, end, isPath } = command;
  if (!spend(words.all.has(name) || isPath ? unitsOf.program : 0)) return false;
  const isValue = value(text, at) !== null;
  if (reads(text, name, end)) return true;
  if (takes(text, name, end, isPath))
    return isValue || name === 'sleep' || name === 'nslookup' || name === 'ping';
  return (
    words.alone.has(name) &&
    (isValue || name === 'whoami') &&
    /^[)`]{1,2}(?:$|[^a-z]|[a-z]\w{0,8}$)/iu.test(text.slice(end, end + 12))
  );
}

/** In prose a command between backticks stands alone; an injected one touches what it breaks. */
function runsInBackticks(text: string, at: number): boolean {
  const before = text.charCodeAt(at - 1);
  const touches =
    ((before | 32) >= 97 && (before | 32) <= 122) ||
    (before >= 48 && before <= 57) ||
    before === 61 ||
    before === 124 ||
    before === 36;
  const whole = at === 0 && text.indexOf('`', 1) === text.trimEnd().length - 1;
  if (!(touches || whole) || !spend(unitsOf.program)) return false;
  const command = readName(text, at + 1);
  if (command === null) return false;
  const { name, end, isPath } = command;
  if (isPath || takes(text, name, end, false)) return true;
  return words.alone.has(name) && text[end] === '`';
}

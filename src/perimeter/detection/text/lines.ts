import { signs } from './characters.js';
import { spend } from './work.js';

/** A value as an application writes it into one line: no spaces, no colon except in an address. */
const value = /^[^\s]{0,200}$/u;
const testUnits = 300;

/**
 * Positions after an injected line break. Every encoded break counts; of plain ones only the first, after a single
 * value: ordinary text has lines too.
 */
export function injectedLine(
  text: string,
  encoded: boolean,
  test: (text: string, at: number, first: number) => boolean,
): boolean {
  let first = -1;
  for (let index = 0; index < signs.count(); index++) {
    const at = signs.at(index);
    if (!isBreak(text.charCodeAt(at))) continue;
    if (!spend(testUnits)) return false;
    if (first < 0) {
      first = at;
      if (!encoded && (at > 200 || !value.test(text.slice(0, at)))) return false;
    } else if (!encoded && at > first + 4) return false;
    if (isBreak(text.charCodeAt(at + 1))) continue;
    if (test(text, skipBlanks(text, at + 1), first)) return true;
  }
  return false;
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (at < from + 8 && (text.charCodeAt(at) === 32 || text.charCodeAt(at) === 9)) at++;
  return at;
}

function isBreak(code: number): boolean {
  return (code >= 10 && code <= 13) || code === 0x85 || code === 0x2028 || code === 0x2029;
}

import { spend } from '../text/work.js';

/** Units of work for signs inside a name, which are taken out of it, and for capitals. */
const unitsOf = { sign: 250, capital: 100 };

export interface Command {
  readonly name: string;
  readonly end: number;
  readonly isPath: boolean;
}

/** The name of a program: quotes, backslashes and carets inside it change nothing for a shell. */
export function readName(text: string, from: number): Command | null {
  let at = from;
  let signs = 0;
  let isGlob = false;
  let hasSlash = false;
  let hasUpper = false;
  for (; at < from + 40; at++) {
    const code = text.charCodeAt(at);
    if (((code | 32) >= 97 && (code | 32) <= 122) || (code >= 48 && code <= 57) || code === 95) {
      hasUpper ||= code >= 65 && code <= 90;
      continue;
    }
    if (code === 47) hasSlash = true;
    else {
      const isWild = code === 63 || code === 42;
      const isInside = at - from > signs && (code === 39 || code === 34 || code === 92 || code === 94);
      if (!isWild && !(isInside && isWordSign(text.charCodeAt(at + 1)))) break;
      isGlob ||= isWild;
      signs++;
    }
  }
  if (at - from === signs) return null;
  if (!spend((signs > 0 ? unitsOf.sign : 0) + (hasUpper ? unitsOf.capital : 0))) return null;
  const whole = text.slice(from, at);
  const name = signs === 0 ? whole : whole.replace(/[^\w/]/gu, '');
  const isPath =
    hasSlash && ((isGlob && name.startsWith('/')) || /^\/?(?:usr\/(?:local\/)?)?s?bin\/\w/u.test(name));
  const last = hasSlash ? name.slice(name.lastIndexOf('/') + 1) : name;
  const isExe = text.charCodeAt(at) === 46 && text.slice(at, at + 4).toLowerCase() === '.exe';
  return {
    name: hasUpper ? last.toLowerCase() : last,
    end: isExe ? at + 4 : at,
    isPath,
  };
}

function isWordSign(code: number): boolean {
  return ((code | 32) >= 97 && (code | 32) <= 122) || code === 39 || code === 34;
}

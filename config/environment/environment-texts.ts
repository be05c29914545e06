import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { variableNames } from './environment.js';
import type { ValidationResult } from '../values/validation-result.js';
import { closestName } from '../values/closest-name.js';
import { hasCode } from '../values/system-error.js';

export type Texts = Readonly<Record<string, string>>;

/** The set variables: `.env` in `directory`, overridden by `env`. An empty string counts as unset in both. */
export function readTexts(env: NodeJS.ProcessEnv, directory: string, result: ValidationResult): Texts {
  let file: NodeJS.Dict<string> = {};
  try {
    file = parseEnv(readFileSync(join(directory, '.env'), 'utf8'));
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) {
      result.refuse('.env', 'cannot be read', 'Make it a file that the service may read, or remove it.');
    }
  }
  return { ...textsOf(file), ...textsOf(env) };
}

export const textsOf = (env: NodeJS.ProcessEnv): Texts =>
  Object.fromEntries(
    Object.entries(env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '',
    ),
  );

const longest = 8 * 1024;
const controls = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;
const invisible = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]/;

/** Why a text is invalid for any variable: each case comes from pasted or broken files. */
function faultOfText(text: string): readonly [reason: string, hint: string] | null {
  if (Buffer.byteLength(text) > longest) return ['is longer than 8 KB', 'Set it again.'];
  if (controls.test(text))
    return ['contains a control character or a line break', 'Set it again, on one line.'];
  if (invisible.test(text))
    return ['contains an invisible character', 'Type it again instead of pasting it.'];
  if (text.trim() === '') return ['is nothing but blanks', 'Set it, or leave it empty.'];
  if (/REPLACE_WITH/i.test(text)) return ['is still a placeholder', 'Put your own value in its place.'];
  if (/^\$\{\{?[^{}]*\}\}?$/.test(text.trim())) {
    return ['is a reference that nothing has filled in', 'Check how your platform fills in variables.'];
  }
  return null;
}

/** Our variables out of `texts`, without those whose text is refused already; and warnings about names like ours. */
export function parseTexts(texts: Texts, result: ValidationResult): Texts {
  const names = new Set(variableNames());
  const ours: Record<string, string> = {};
  for (const name of names) {
    const text = texts[name];
    if (text === undefined) continue;
    const fault = name.startsWith('DEFAULT_ADMIN_') && /REPLACE_WITH/i.test(text) ? null : faultOfText(text);
    if (fault !== null) result.refuse(name, ...fault);
    // A shell keeps the path of its start file in ENV (POSIX sh); not our variable.
    else if (name !== 'ENV' || !/[/~$]/.test(text)) ours[name] = text;
  }
  for (const name of Object.keys(texts)) {
    if (names.has(name)) continue;
    const shown = /^\w{1,64}$/.test(name) ? name : 'RATE_LIMIT_…';
    if (name.startsWith('RATE_LIMIT_')) {
      result.refuse(shown, 'names no rate limit rule', `Use one of: ${rateLimitNames(names).join(', ')}.`);
      continue;
    }
    const meant = closestName(name, names);
    if (meant !== null && shown === name) result.warn(`${name} is unknown: did you mean ${meant}?`);
  }
  return ours;
}

const rateLimitNames = (names: ReadonlySet<string>): string[] =>
  [...names].filter((name) => name.startsWith('RATE_LIMIT_'));

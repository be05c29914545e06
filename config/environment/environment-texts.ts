import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnvFile, type EnvFile } from './env-file.js';
import { secretNames, variableNames } from './read-environment.js';
import { fileVariableOf, readSecretFiles } from './secret-files.js';
import { faultOfText, textsOf, type Texts } from './texts.js';
import type { ValidationResult } from '../values/validation-result.js';
import { closestName } from '../values/closest-name.js';
import { hasCode } from '../values/system-error.js';

/**
 * The set variables: `.env` in `directory`, overridden by `env`, and the contents of the files that `<NAME>_FILE` names.
 * An empty string counts as unset. The files of the variables in `unopened` are left alone.
 */
export function readTexts(
  env: NodeJS.ProcessEnv,
  directory: string,
  result: ValidationResult,
  unopened: readonly string[] = [],
): Texts {
  const own = textsOf(env);
  const file = readEnvFile(directory, result);
  for (const name of file.unclear) if (own[name] === undefined) result.setAside(name);
  const texts = { ...textsOf(file.texts), ...own };
  return { ...texts, ...readSecretFiles(texts, directory, result, unopened) };
}

function readEnvFile(directory: string, result: ValidationResult): EnvFile {
  // Of a file that cannot be read nobody knows which variables it sets.
  const unknown = { texts: {}, unclear: variableNames() };
  try {
    return parseEnvFile(readFileSync(join(directory, '.env')), result) ?? unknown;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return { texts: {}, unclear: [] };
    result.refuse('.env', 'cannot be read', 'Make it a file that the service may read, or remove it.');
    return unknown;
  }
}

/** Our variables out of `texts`, without those whose text is refused already; and warnings about names like ours. */
export function parseTexts(texts: Texts, result: ValidationResult): Texts {
  const names = new Set(variableNames());
  const files = new Set(secretNames().map(fileVariableOf));
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
    if (names.has(name) || files.has(name)) continue;
    const shown = /^\w{1,64}$/.test(name) ? name : 'RATE_LIMIT_…';
    if (name.startsWith('RATE_LIMIT_')) {
      result.refuse(shown, 'names no rate limit rule', `Use one of: ${rateLimitNames(names).join(', ')}.`);
      continue;
    }
    if (name.endsWith('_FILE') && names.has(name.slice(0, -'_FILE'.length))) {
      result.warn(`${name} is unknown: only secrets are read from files.`);
      continue;
    }
    const meant = closestName(name, [...names, ...files]);
    if (meant !== null && shown === name) result.warn(`${name} is unknown: did you mean ${meant}?`);
  }
  return ours;
}

const rateLimitNames = (names: ReadonlySet<string>): string[] =>
  [...names].filter((name) => name.startsWith('RATE_LIMIT_'));

import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { resolve } from 'node:path';
import { secretNames } from './read-environment.js';
import { faultOfText, type Texts } from './texts.js';
import { decodeUtf8 } from '../values/utf8.js';
import type { ValidationResult } from '../values/validation-result.js';

const longest = 64 * 1024;
/** Another user of the machine may read it. */
const readableByOthers = 0o004;

type Reason = readonly [reason: string, hint: string];

/** The variable that names the file of a secret. */
export const fileVariableOf = (name: string): string => `${name}_FILE`;

/**
 * The secrets that are given as files, as Docker and Kubernetes mount them: `JWT_SECRET_FILE=/run/secrets/jwt_secret`.
 * A refused file is reported under the variable that names it, and its secret is then not reported as missing.
 */
export function readSecretFiles(
  texts: Texts,
  directory: string,
  result: ValidationResult,
  unopened: readonly string[],
): Texts {
  const read: Record<string, string> = {};
  for (const name of secretNames()) {
    const variable = fileVariableOf(name);
    const path = texts[variable];
    if (path === undefined) continue;
    const refuse = (...[reason, hint]: Reason): void => {
      result.refuse(variable, reason, hint);
      result.setAside(name);
    };
    if (texts[name] !== undefined) refuse(`is set beside ${name}`, 'Keep one of the two.');
    else {
      const fault = faultOfText(path);
      if (fault !== null) refuse(...fault);
      else if (!unopened.includes(name)) {
        const content = readSecret(resolve(directory, path));
        if (typeof content === 'string') read[name] = content;
        else refuse(...content);
      }
    }
  }
  return read;
}

/** The content without one newline at its end, or why it is refused. */
function readSecret(path: string): string | Reason {
  const unreadable: Reason = ['names a file that cannot be read', 'Name a file that the service may read.'];
  let file: number;
  try {
    // Without O_NONBLOCK the start would wait for whoever writes into a pipe. Windows knows no such flag.
    file = openSync(path, constants.O_RDONLY | (process.platform === 'win32' ? 0 : constants.O_NONBLOCK));
  } catch {
    return unreadable;
  }
  try {
    const stat = fstatSync(file);
    if (!stat.isFile()) return ['names something that is no regular file', 'Name the file of the secret.'];
    // Windows has no such bits.
    if (process.platform !== 'win32' && (stat.mode & readableByOthers) !== 0)
      return [
        'names a file that everybody may read',
        'Take the right away: chmod o-r, or mode 0440 of the mount.',
      ];
    const bytes = Buffer.alloc(longest + 1);
    const length = readAll(file, bytes);
    if (length > longest) return ['names a file of more than 64 KiB', 'Name the file of the secret.'];
    const text = decodeUtf8(bytes.subarray(0, length));
    if (text === null) return ['names a file that is not UTF-8', 'Save it again as UTF-8.'];
    const content = text.replace(/\r?\n$/, '');
    return content === '' ? ['names an empty file', 'Put the secret into it.'] : content;
  } catch {
    return unreadable;
  } finally {
    closeSync(file);
  }
}

/** A read may return less than what is there. */
function readAll(file: number, bytes: Buffer): number {
  let length = 0;
  for (let more = -1; more !== 0 && length < bytes.length; length += more)
    more = readSync(file, bytes, length, bytes.length - length, null);
  return length;
}

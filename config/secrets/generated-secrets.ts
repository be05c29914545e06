import { randomBytes } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  constants,
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { ValidationResult } from '../values/validation-result.js';
import { hasCode } from '../values/system-error.js';

/** Secrets that development generates when they are not set. */
export interface GeneratedSecrets {
  readonly JWT_SECRET: string;
  readonly PASSWORD_PEPPER: string;
  readonly AUDIT_ENC_KEY: string;
  readonly PSEUDONYM_KEY: string;
  readonly WEBHOOK_GATEWAY_SECRET: string;
  readonly ADMIN_PASS: string;
}

/** New ones, as the rules want them. */
export const newSecrets = (): GeneratedSecrets => ({
  JWT_SECRET: randomBytes(96).toString('base64url'),
  PASSWORD_PEPPER: randomBytes(32).toString('base64'),
  AUDIT_ENC_KEY: randomBytes(32).toString('base64'),
  PSEUDONYM_KEY: randomBytes(32).toString('base64'),
  WEBHOOK_GATEWAY_SECRET: randomBytes(32).toString('hex'),
  ADMIN_PASS: randomBytes(18).toString('base64url'),
});

const shapes: Readonly<Record<keyof GeneratedSecrets, RegExp>> = {
  JWT_SECRET: /^[\w-]{128}$/,
  PASSWORD_PEPPER: /^[A-Za-z0-9+/]{43}=$/,
  AUDIT_ENC_KEY: /^[A-Za-z0-9+/]{43}=$/,
  PSEUDONYM_KEY: /^[A-Za-z0-9+/]{43}=$/,
  WEBHOOK_GATEWAY_SECRET: /^[0-9a-f]{64}$/,
  ADMIN_PASS: /^[\w-]{24}$/,
};

const isComplete = (value: unknown): value is GeneratedSecrets =>
  typeof value === 'object' &&
  value !== null &&
  Object.entries(shapes).every(([name, shape]) => {
    const secret: unknown = Reflect.get(value, name);
    return typeof secret === 'string' && shape.test(secret);
  });

/** Null when there is no file, `corrupt` when its content is invalid. */
function readSecrets(file: string): GeneratedSecrets | 'corrupt' | null {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
  try {
    const value: unknown = JSON.parse(text);
    return isComplete(value) ? value : 'corrupt';
  } catch {
    return 'corrupt';
  }
}

/**
 * Writes a draft and hard-links it into place: a link never replaces a file, so of two concurrent starts one succeeds
 * and the other reads its file.
 */
function writeOnce(file: string): void {
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  const text = `${JSON.stringify(newSecrets(), null, 2)}\n`;
  try {
    writeFileSync(draft, text, { mode: 0o600, flag: 'wx', flush: true });
    linkSync(draft, file);
  } catch (error) {
    // Some shared folders do not support hard links.
    if (hasCode(error, 'EPERM', 'ENOTSUP', 'ENOSYS', 'EOPNOTSUPP')) writeIfAbsent(file, text);
    else if (!hasCode(error, 'EEXIST')) throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function writeIfAbsent(file: string, text: string): void {
  try {
    writeFileSync(file, text, { mode: 0o600, flag: 'wx', flush: true });
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  }
}

/**
 * The secrets stored in `home`, generated at the first call. Null, with a fault, when they can be neither read nor
 * written.
 */
export function keepSecrets(home: string, result: ValidationResult): GeneratedSecrets | null {
  const file = join(home, 'secrets.json');
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 });
    if (readSecrets(file) === null) writeOnce(file);
    const secrets = readSecrets(file);
    if (secrets !== null && secrets !== 'corrupt') {
      if ((statSync(file).mode & 0o077) !== 0) chmodSync(file, 0o600);
      return secrets;
    }
    result.refuse(
      'VELRO_HOME',
      'holds a secrets.json that is damaged',
      'Restore that file, or delete it: new secrets are made, and what the old ones sealed is lost.',
    );
  } catch {
    refuseHome(result);
  }
  return null;
}

const refuseHome = (result: ValidationResult): void => {
  result.refuse(
    'VELRO_HOME',
    'is a folder that cannot be written',
    'Name a folder that the service may write to.',
  );
};

/** Checks without writing whether `home`, or the folder in which it would be created, is writable. */
export function validateHome(home: string, result: ValidationResult): void {
  let folder = home;
  for (;;) {
    try {
      if (!statSync(folder).isDirectory()) refuseHome(result);
      else accessSync(folder, constants.W_OK | constants.X_OK);
      return;
    } catch (error) {
      if (hasCode(error, 'ENOENT') && folder !== dirname(folder)) folder = dirname(folder);
      else {
        refuseHome(result);
        return;
      }
    }
  }
}

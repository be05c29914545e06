import { isDeployed } from '../environment/environment.defaults.js';
import type { Settings } from '../environment/environment.defaults.js';
import type { Variable } from '../environment/environment.js';
import { readNamedOperators } from '../secrets/named-operators.js';
import type { Secret } from '../values/secret.js';
import {
  demands,
  readBase64Key,
  readHexKey,
  weaknessOfKey,
  weaknessOfText,
  isPlaceholder,
} from '../secrets/secret-strength.js';
import type { Rule } from './rule.js';

const withPrevious = <Name extends string>(name: Name) => [name, `${name}_PREVIOUS`] as const;

const base64Keys = [
  ...withPrevious('PASSWORD_PEPPER'),
  ...withPrevious('AUDIT_ENC_KEY'),
  ...withPrevious('PSEUDONYM_KEY'),
] as const;
const hexKeys = withPrevious('WEBHOOK_GATEWAY_SECRET');
const tokenSecrets = withPrevious('JWT_SECRET');

const makeBase64 = 'Make one with: openssl rand -base64 32';
const makeHex = 'Make one with: openssl rand -hex 32';
const makeToken = (bytes: number): string =>
  `Make one with: python3 -c "import secrets; print(secrets.token_urlsafe(${bytes}))"`;

/** Set keys must be valid in every environment: a weak key of development might be copied to production. */
export const validKeys: Rule = (settings, result, name) => {
  const deployed = isDeployed(name);
  for (const variable of tokenSecrets) {
    const weakness = weaknessOf(settings[variable], (value) =>
      weaknessOfText(value, deployed ? demands.deployedTokenSecret : demands.developmentTokenSecret),
    );
    if (weakness !== null) result.refuse(variable, weakness, makeToken(deployed ? 96 : 64));
  }
  for (const variable of base64Keys) {
    const weakness = weaknessOf(settings[variable], (value) =>
      weaknessOfEncodedKey(value, readBase64Key, 'base64'),
    );
    if (weakness !== null) result.refuse(variable, weakness, makeBase64);
  }
  for (const variable of hexKeys) {
    const weakness = weaknessOf(settings[variable], (value) =>
      weaknessOfEncodedKey(value, readHexKey, 'hexadecimal'),
    );
    if (weakness !== null) result.refuse(variable, weakness, makeHex);
  }
  const token = weaknessOf(settings.METRICS_TOKEN, (value) =>
    /^[\x21-\x7e]+$/.test(value) ? weaknessOfText(value, demands.bearerToken) : 'cannot stand in a header',
  );
  if (token !== null) result.refuse('METRICS_TOKEN', token, makeHex);
};

const weaknessOf = (secret: Secret | undefined, judge: (value: string) => string | null): string | null =>
  secret === undefined ? null : judge(secret.reveal());

function weaknessOfEncodedKey(
  value: string,
  read: (value: string) => Buffer | null,
  form: string,
): string | null {
  if (isPlaceholder(value)) return 'is still a placeholder';
  const bytes = read(value);
  return bytes === null ? `is not 32 bytes in ${form}` : weaknessOfKey(bytes);
}

const required = {
  JWT_SECRET: makeToken(96),
  PASSWORD_PEPPER: makeBase64,
  AUDIT_ENC_KEY: makeBase64,
  PSEUDONYM_KEY: makeBase64,
  WEBHOOK_GATEWAY_SECRET: makeHex,
} as const;

export const keysPresent: Rule = (settings, result) => {
  for (const variable of Object.keys(required) as (keyof typeof required)[]) {
    if (settings[variable] === undefined) result.refuse(variable, 'is missing', required[variable]);
  }
};

const own = [...tokenSecrets, ...base64Keys, ...hexKeys, 'METRICS_TOKEN', 'ADMIN_PASS'] as const;
const borrowed = [
  'SUPABASE_PUBLISHABLE_KEY',
  'SUPABASE_ANON_KEY',
  'SUPABASE_SECRET_KEY',
  'SUPABASE_SERVICE_ROLE_KEY',
  'FAL_KEY',
  'GEMINI_API_KEY',
  'OPENAI_API_KEY',
  'FACEBOOK_PAGE_ACCESS_TOKEN',
  'FACEBOOK_VERIFY_TOKEN',
  'FACEBOOK_APP_SECRET',
] as const;

/** A legacy name may have the same value as the new one. */
const sameValue = [
  ['SUPABASE_PUBLISHABLE_KEY', 'SUPABASE_ANON_KEY'],
  ['SUPABASE_SECRET_KEY', 'SUPABASE_SERVICE_ROLE_KEY'],
] as const;

const addresses = [
  'DATABASE_URL',
  'DATABASE_MIGRATION_URL',
  'REDIS_URL',
  'SMTP_URL',
  'SIEM_URL',
  'BACKUP_TARGET',
] as const;

/** The secret in a value: for a URL its password, else the value itself. */
function secretIn(
  settings: Settings,
  variable: (typeof own | typeof borrowed | typeof addresses)[number],
): string | null {
  const value = settings[variable]?.reveal();
  if (value === undefined) return null;
  if (!addresses.some((address) => address === variable)) return value;
  const password = URL.canParse(value) ? new URL(value).password : '';
  return password === '' ? null : password;
}

/** No two secrets may be equal, in any encoding: one leaked secret must not compromise another. */
export const allDifferent: Rule = (settings, result, name) => {
  const seen = new Map<string, Variable>();
  for (const { password } of readNamedOperators(settings.OPERATORS?.reveal() ?? '') ?? [])
    seen.set(password.reveal(), 'OPERATORS');
  // Provider keys and local databases may have dummy values in development.
  for (const variable of isDeployed(name) ? [...own, ...borrowed, ...addresses] : own) {
    const value = secretIn(settings, variable);
    if (value === null) continue;
    const bytes = readBase64Key(value) ?? readHexKey(value);
    const identity = bytes?.toString('hex') ?? value;
    const first = seen.get(identity);
    if (first === undefined) seen.set(identity, variable);
    else if (!sameValue.some(([current, legacy]) => first === current && variable === legacy)) {
      result.refuse(variable, `holds the same secret as ${first}`, 'Give each its own.');
    }
  }
};

/** A key that is still a template's placeholder does not work and hides that it is missing. */
export const noPlaceholders: Rule = (settings: Settings, result) => {
  for (const variable of borrowed) {
    const value = settings[variable]?.reveal();
    if (value === undefined) continue;
    if (isPlaceholder(value)) {
      result.refuse(
        variable,
        'is still a placeholder',
        'Write the key that the provider gave you, or leave it empty.',
      );
    } else if (!/^[\x21-\x7e]+$/.test(value)) {
      result.refuse(variable, 'has characters that no such key has', 'Copy it again, without blanks.');
    }
  }
};

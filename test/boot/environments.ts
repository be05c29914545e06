import { randomBytes } from 'node:crypto';

export type Env = Record<string, string>;

/** A piece that stands in no report unless a value leaked into it. */
export const canary = (): string => `cnry${randomBytes(6).toString('hex')}`;

export const tokenSecret = (bytes = 96): string => randomBytes(bytes).toString('base64url');
export const base64Key = (): string => randomBytes(32).toString('base64');
export const hexKey = (): string => randomBytes(32).toString('hex');
export const password = (): string => randomBytes(24).toString('base64url');

export const postgres = (
  user: string,
  query = '?sslmode=verify-full',
  secret = password(),
  port = 5432,
): string => `postgresql://${user}:${secret}@db.${canary()}.example.net:${port}/velro${query}`;

/** A legacy Supabase key: a JWT whose payload names its role. */
export const legacyKey = (role: string): string => {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ iss: 'supabase', ref: canary(), role })}.${tokenSecret(32)}`;
};

/** The least that a deployed environment boots with, made anew at every call. */
export const deployed = (environment: 'production' | 'staging'): Env => ({
  ENVIRONMENT: environment,
  JWT_SECRET: tokenSecret(),
  PASSWORD_PEPPER: base64Key(),
  AUDIT_ENC_KEY: base64Key(),
  PSEUDONYM_KEY: base64Key(),
  WEBHOOK_GATEWAY_SECRET: hexKey(),
  ADMIN_USER: `warden-${canary()}`,
  ADMIN_PASS: password(),
  PUBLIC_URL: `https://${canary()}.example.net`,
  CORS_ORIGINS: `https://${canary()}.example.net,https://app.${canary()}.example.net`,
  TRUSTED_PROXY: 'railway',
  DATABASE_URL: postgres('velro_app'),
  DATABASE_MIGRATION_URL: postgres(`velro_owner`),
  SUPABASE_URL: `https://${canary()}.supabase.co`,
  SUPABASE_PUBLISHABLE_KEY: `sb_publishable_${tokenSecret(24)}`,
  SUPABASE_SECRET_KEY: `sb_secret_${tokenSecret(24)}`,
  FAL_KEY: `${canary()}:${hexKey()}`,
  GEMINI_API_KEY: `AIza${tokenSecret(26)}`,
});

export const base = (environment: string): Env => {
  if (environment === 'production' || environment === 'staging') return deployed(environment);
  return environment === '' ? {} : { ENVIRONMENT: environment };
};

/** `env` with the changes of a row: undefined takes a variable away. */
export const changed = (env: Env, changes: Readonly<Record<string, string | undefined>>): Env =>
  Object.fromEntries(
    Object.entries({ ...env, ...changes }).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    ),
  );

/** Words that a report uses as its own, so that a value may be one of them. */
const ordinary = new Set([
  'production',
  'staging',
  'development',
  'railway',
  'canvas',
  'gemini',
  'openai',
  'observe',
]);

/** Values of `env` (and canaries within them) that `output` repeats. There must be none. */
export function leaked(env: Env, output: string): string[] {
  const values = Object.values(env).flatMap((value) => [value, ...(value.match(/cnry[0-9a-f]{12}/g) ?? [])]);
  return values.filter((value) => value.length >= 6 && !ordinary.has(value) && output.includes(value));
}

import type { Environment, Variable } from '../environment/environment.js';
import { Secret } from '../values/secret.js';
import type { GeneratedSecrets } from './generated-secrets.js';
import type { WatchedKey } from './watched-key.js';

/** Our own keys, which development makes where they are not given. */
const own = [
  'JWT_SECRET',
  'PASSWORD_PEPPER',
  'AUDIT_ENC_KEY',
  'WEBHOOK_GATEWAY_SECRET',
  'PSEUDONYM_KEY',
  'ADMIN_PASS',
] as const satisfies readonly (keyof GeneratedSecrets)[];

/** Those that others give. */
const given = [
  'SUPABASE_PUBLISHABLE_KEY',
  'SUPABASE_SECRET_KEY',
  'SUPABASE_ANON_KEY',
  'SUPABASE_SERVICE_ROLE_KEY',
  'FAL_KEY',
  'GEMINI_API_KEY',
  'OPENAI_API_KEY',
  'FACEBOOK_PAGE_ACCESS_TOKEN',
  'FACEBOOK_VERIFY_TOKEN',
  'FACEBOOK_APP_SECRET',
  'METRICS_TOKEN',
  'OPERATORS',
] as const satisfies readonly Variable[];

/** URLs with a password in them, of which that is the key. */
const urls = [
  'DATABASE_URL',
  'REDIS_URL',
  'SMTP_URL',
  'SIEM_URL',
  'BACKUP_TARGET',
] as const satisfies readonly Variable[];

/** Secrets of which no age is watched, and why. */
export const unwatchedSecrets: Readonly<Partial<Record<Variable, string>>> = {
  JWT_SECRET_PREVIOUS: 'goes with its rotation',
  PASSWORD_PEPPER_PREVIOUS: 'goes with its rotation',
  AUDIT_ENC_KEY_PREVIOUS: 'goes with its rotation',
  WEBHOOK_GATEWAY_SECRET_PREVIOUS: 'goes with its rotation',
  PSEUDONYM_KEY_PREVIOUS: 'goes with its rotation',
  DATABASE_MIGRATION_URL: 'the service drops it unread',
  DEFAULT_ADMIN_EMAIL: 'no key',
  DEFAULT_ADMIN_PASSWORD: 'removed after the first sign-in',
  SECURITY_ALERT_WEBHOOK_URL: 'an address',
  HEALTH_PING_URL: 'an address',
  OTEL_EXPORTER_OTLP_HEADERS: 'of the collector, which may rotate it',
  ALERT_EMAIL: 'an address',
};

export const watchedVariables: readonly Variable[] = [...own, ...given, ...urls];

/** `secret`: gives one of our own keys, generated ones too. */
export function watchedKeys(
  settings: Environment,
  secret: (variable: keyof GeneratedSecrets) => Secret,
): readonly WatchedKey[] {
  const passwordOf = (url: Secret): Secret | null => {
    const { password } = new URL(url.reveal());
    return password === '' ? null : new Secret(decodeURIComponent(password));
  };
  const found = [
    ...given.map((name) => ({ name, secret: settings[name] ?? null })),
    ...urls.map((name) => {
      const url = settings[name];
      return { name, secret: url === undefined ? null : passwordOf(url) };
    }),
  ];
  return [
    ...own.map((name) => ({ name, secret: secret(name) })),
    ...found.flatMap(({ name, secret: one }) => (one === null ? [] : [{ name, secret: one }])),
  ];
}

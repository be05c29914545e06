import { readHeaders } from './values/header-names.js';
import { canonicalEmail } from './values/email-address.js';
import { resolve } from 'node:path';
import { readNamedOperators } from './secrets/named-operators.js';
import { privateRanges } from './values/network-address.js';
import { buildAi, buildBudgets } from './build-ai.js';
import { buildMessenger } from './build-messenger.js';
import type { Config, EnvironmentName, RotatingKey } from './config.js';
import type { Settings } from './environment/environment.defaults.js';
import { defaultFileTypes } from './values/file-types.js';
import type { GeneratedSecrets } from './secrets/generated-secrets.js';
import { settingsRecord } from './settings/settings-record.js';
import { watchedKeys } from './secrets/watched-keys.js';
import { wasShown } from './secrets/operator-sign-in.js';
import {
  rateLimits,
  type RateLimit,
  type RateLimitName,
  type RateLimits,
} from './policy/perimeter/rate-limits.js';
import { chosenLimit, limitNames } from './rules/limits.js';
import { publishableKey, secretKey } from './rules/supabase.js';
import { Secret } from './values/secret.js';

/** Where the usual tools serve a frontend in development: Next and React (3000, 3001), Vite (5173, 4173), Angular, Astro, Vue. */
const localOrigins = [3000, 3001, 5173, 4173, 4200, 4321, 8080].flatMap((port) => [
  `http://localhost:${port}`,
  `http://127.0.0.1:${port}`,
]);
const fal = {
  queueUrl: 'https://queue.fal.run',
  jwksUrl: 'https://rest.fal.ai/.well-known/jwks.json',
  mediaHosts: ['fal.media'],
};

/** Absolute path of the folder for the data of the embedded default. */
export const homeOf = (settings: Settings, directory: string): string =>
  resolve(directory, settings.VELRO_HOME ?? '.velro');

const generatable = [
  'JWT_SECRET',
  'PASSWORD_PEPPER',
  'AUDIT_ENC_KEY',
  'PSEUDONYM_KEY',
  'WEBHOOK_GATEWAY_SECRET',
  'ADMIN_PASS',
] as const satisfies readonly (keyof GeneratedSecrets)[];

/** Whether a value is unset that development generates. */
export const needsGenerated = (settings: Settings): boolean =>
  generatable.some((variable) => settings[variable] === undefined);

export interface BuildContext {
  readonly name: EnvironmentName;
  readonly directory: string;
  readonly generated: GeneratedSecrets | null;
  readonly warnings: readonly string[];
  readonly withoutEffect: readonly string[];
}

/** Builds the configuration from settings that passed the rules. */
export function buildConfig(
  settings: Settings,
  { name, directory, generated, warnings, withoutEffect }: BuildContext,
): Config {
  const secret = (variable: keyof GeneratedSecrets): Secret => {
    const given = settings[variable] ?? (generated === null ? undefined : new Secret(generated[variable]));
    if (given === undefined) throw new Error(`${variable} passed the rules without a value`);
    return given;
  };
  const rotating = (variable: Exclude<keyof GeneratedSecrets, 'ADMIN_PASS'>): RotatingKey => ({
    current: secret(variable),
    previous: settings[`${variable}_PREVIOUS`] ?? null,
  });
  const deployed = name === 'production' || name === 'staging';
  const config: Config = {
    environment: name,
    debug: {
      enabled: settings.DEBUG,
      developmentMode: settings.DEVELOPMENT_MODE,
      endpoints: settings.ENABLE_DEBUG_ENDPOINTS,
      traceStart: settings.VELRO_TRACE_START,
      verboseErrors: settings.VERBOSE_ERROR_MESSAGES,
    },
    server: {
      port: settings.PORT,
      publicUrl: settings.PUBLIC_URL ?? null,
      instances: settings.INSTANCES,
      role: settings.ROLE,
      shutdownGraceMs: settings.SHUTDOWN_GRACE_SECONDS * 1000,
      compression: settings.COMPRESSION_ENABLED,
      caching: settings.CACHE_ENABLED,
    },
    proxy: proxy(settings),
    corsOrigins: settings.CORS_ORIGINS ?? settings.ALLOWED_ORIGINS ?? (deployed ? [] : localOrigins),
    corsAllowedHeaders: settings.CORS_ALLOWED_HEADERS ?? [],
    tokens: rotating('JWT_SECRET'),
    passwords: {
      pepper: rotating('PASSWORD_PEPPER'),
      requireEmailVerification: settings.REQUIRE_EMAIL_VERIFICATION,
      acceptUnpeppered: settings.ACCEPT_UNPEPPERED_PASSWORDS,
    },
    database:
      settings.DATABASE_URL === undefined
        ? { kind: 'embedded' }
        : { kind: 'postgres', url: settings.DATABASE_URL },
    databasePoolSize: settings.DATABASE_POOL_SIZE,
    supabase: supabase(settings),
    generation: generation(settings),
    generationFollowsAtOnce: settings.GENERATION_FOLLOWS_AT_ONCE,
    redisUrl: settings.REDIS_URL ?? null,
    threatResponses: settings.THREAT_RESPONSES,
    rateLimits: limits(settings),
    audit: {
      enabled: settings.AUDIT_ENABLED,
      encrypt: settings.AUDIT_ENCRYPT,
      key: rotating('AUDIT_ENC_KEY'),
      retentionDays: settings.AUDIT_RETENTION_DAYS,
    },
    webhookGatewaySecret: rotating('WEBHOOK_GATEWAY_SECRET'),
    gatewayAllowlist: settings.WEBHOOK_GATEWAY_ALLOWLIST ?? [],
    pseudonymKey: rotating('PSEUDONYM_KEY'),
    watchedKeys: watchedKeys(settings, secret),
    settings: settingsRecord(settings),
    operator: operator(settings, secret('ADMIN_PASS'), homeOf(settings, directory)),
    firstAdmin: firstAdmin(settings),
    ai: buildAi(settings),
    budgets: buildBudgets(settings),
    messenger: buildMessenger(settings, deployed ? null : secret('WEBHOOK_GATEWAY_SECRET')),
    uploads: {
      enabled: settings.ENABLE_FILE_UPLOAD,
      maxFileBytes: settings.MAX_FILE_SIZE,
      allowedTypes: settings.ALLOWED_FILE_TYPES ?? defaultFileTypes,
      quotaBytes: settings.UPLOAD_QUOTA_BYTES,
      clamavHost: settings.CLAMAV_HOST ?? null,
      whenScannerIsDown: settings.SCANNER_DOWN ?? 'refuse',
    },
    privacy: {
      controller: settings.PRIVACY_CONTROLLER ?? null,
      contact: settings.PRIVACY_CONTACT ?? null,
      requireAiConsent: settings.REQUIRE_AI_CONSENT,
    },
    securityContact: settings.SECURITY_CONTACT ?? null,
    piiRedaction: settings.LEADSENSE_PII_REDACTION,
    log: {
      level: settings.LOG_LEVEL,
      format: settings.LOG_FORMAT,
      file: settings.LOG_FILE ?? null,
      access: settings.ACCESS_LOG,
    },
    metrics: { enabled: settings.METRICS_ENABLED, token: settings.METRICS_TOKEN ?? null },
    tracing: tracing(settings),
    healthPingUrl: settings.HEALTH_PING_ENABLED ? (settings.HEALTH_PING_URL ?? null) : null,
    alertWebhookUrl: settings.SECURITY_ALERT_WEBHOOK_URL ?? null,
    siemUrl: settings.SIEM_URL ?? null,
    backup:
      settings.BACKUP_TARGET === undefined || settings.BACKUP_RECIPIENT === undefined
        ? null
        : { target: settings.BACKUP_TARGET, recipient: settings.BACKUP_RECIPIENT },
    mail: {
      smtpUrl: settings.SMTP_URL ?? null,
      from: settings.MAIL_FROM ?? defaultSender(settings),
      alertsTo: settings.ALERT_EMAIL ?? null,
    },
    startingCredits: settings.DEFAULT_USER_CREDITS,
    monthlyCredits: settings.MONTHLY_USER_CREDITS,
    home: homeOf(settings, directory),
    warnings: [...warnings],
    withoutEffect: [...withoutEffect],
  };
  return deepFreeze(config);
}

function operator(settings: Settings, password: Secret, home: string): Config['operator'] {
  const generated = settings.ADMIN_PASS === undefined;
  return {
    user: settings.ADMIN_USER ?? 'operator',
    password,
    named: settings.OPERATORS === undefined ? [] : (readNamedOperators(settings.OPERATORS.reveal()) ?? []),
    ipAllowlist: settings.ADMIN_IP_ALLOWLIST ?? [],
    generated,
    shown: !generated || wasShown(home, password),
  };
}

function proxy({ TRUSTED_PROXY: trusted, TRUSTED_PROXY_PEERS: peers }: Settings): Config['proxy'] {
  if (trusted?.mode !== 'railway') return trusted ?? { mode: 'none' };
  return { mode: 'railway', peers: peers ?? [...privateRanges] };
}

function supabase(settings: Settings): Config['supabase'] {
  const [publishable, hidden] = [publishableKey(settings), secretKey(settings)];
  if (settings.SUPABASE_URL === undefined || publishable === null || hidden === null)
    return { kind: 'embedded' };
  return {
    kind: 'hosted',
    url: settings.SUPABASE_URL,
    publishableKey: publishable.secret,
    secretKey: hidden.secret,
  };
}

function generation(settings: Settings): Config['generation'] {
  if (settings.GENERATION_PROVIDER === 'canvas' || settings.FAL_KEY === undefined)
    return { provider: 'canvas' };
  return {
    provider: 'fal',
    key: settings.FAL_KEY,
    queueUrl: settings.FAL_QUEUE_URL ?? fal.queueUrl,
    jwksUrl: settings.FAL_JWKS_URL ?? fal.jwksUrl,
    mediaHosts: settings.FAL_MEDIA_HOSTS ?? [...fal.mediaHosts],
  };
}

function firstAdmin(settings: Settings): Config['firstAdmin'] {
  const [email, password] = [settings.DEFAULT_ADMIN_EMAIL, settings.DEFAULT_ADMIN_PASSWORD];
  return email === undefined || password === undefined
    ? null
    : { email: canonicalEmail(email.reveal()), password };
}

function limits(settings: Settings): RateLimits {
  const chosen: [RateLimitName, RateLimit][] = limitNames.map((name) => [
    name,
    chosenLimit(settings, name) ?? { ...rateLimits[name] },
  ]);
  return { ...rateLimits, ...Object.fromEntries(chosen) };
}

function tracing(settings: Settings): Config['tracing'] {
  const { TRACING_ENABLED: isEnabled, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } = settings;
  if (!isEnabled || endpoint === undefined) return null;
  return {
    endpoint,
    headers: readHeaders(settings.OTEL_EXPORTER_OTLP_HEADERS?.reveal() ?? '') ?? [],
    share: settings.OTEL_TRACES_SAMPLER_ARG,
  };
}

const defaultSender = ({ PUBLIC_URL: url }: Settings): string =>
  `Velro <no-reply@${url === undefined ? 'localhost' : new URL(url).hostname}>`;

function deepFreeze<T extends object>(value: T): T {
  for (const part of Object.values(value) as unknown[]) {
    if (typeof part === 'object' && part !== null && !(part instanceof Secret)) deepFreeze(part);
  }
  return Object.freeze(value);
}

import type { EnvironmentName } from '../config.js';
import type { Environment } from './environment.js';

/** The variables as plain values, set or default. */
type Values = { readonly [Name in keyof Environment]: Environment[Name] };

const everywhere = {
  VELRO_TRACE_START: false,
  EMERGENCY_AUTH_MODE: false,
  ENABLE_MOCK_AUTHENTICATION: false,
  PORT: 3000,
  INSTANCES: 1,
  ROLE: 'all',
  DATABASE_POOL_SIZE: 10,
  GENERATION_FOLLOWS_AT_ONCE: 8,
  COMPRESSION_ENABLED: true,
  ACCESS_LOG: true,
  CACHE_ENABLED: true,
  ACCEPT_UNPEPPERED_PASSWORDS: false,
  DEFAULT_USER_CREDITS: 1000,
  MONTHLY_USER_CREDITS: 0,
  AI_ENABLED: true,
  AI_TIMEOUT_MS: 3000,
  OPENAI_DOOR_TIMEOUT_MS: 60_000,
  AI_MAX_CALLS_PER_MIN: 10,
  AI_MAX_CALLS_PER_MIN_OTHER: 600,
  AI_MAX_CALLS_PER_MIN_PER_PSID: 2,
  AI_SECOND_PROVIDER: 'none',
  AI_DAILY_BUDGET_USD: 5_000_000,
  AI_MONTHLY_BUDGET_USD: 50_000_000,
  AI_PERSON_DAILY_BUDGET_USD: 500_000,
  BUDGET_ALERT_SHARES: [0.5, 0.8, 1] as readonly number[],
  MAX_FILE_SIZE: 10 * 1024 ** 2,
  UPLOAD_QUOTA_BYTES: 1024 ** 3,
  ALLOW_LOOSER_LIMITS: false,
  AUDIT_ENABLED: true,
  AUDIT_ENCRYPT: true,
  AUDIT_RETENTION_DAYS: 90,
  REQUIRE_AI_CONSENT: false,
  LEADSENSE_PII_REDACTION: true,
  METRICS_ENABLED: true,
  TRACING_ENABLED: false,
  OTEL_TRACES_SAMPLER_ARG: 1,
  HEALTH_PING_ENABLED: true,
} as const satisfies Values;

const deployed = {
  DEBUG: false,
  DEVELOPMENT_MODE: false,
  ENABLE_DEBUG_ENDPOINTS: false,
  VERBOSE_ERROR_MESSAGES: false,
  REQUIRE_EMAIL_VERIFICATION: true,
  SHUTDOWN_GRACE_SECONDS: 3,
  GENERATION_PROVIDER: 'fal',
  AI_PROVIDER: 'gemini',
  THREAT_RESPONSES: 'enforce',
  LOG_LEVEL: 'info',
  LOG_FORMAT: 'json',
} as const satisfies Values;

const development = {
  DEBUG: true,
  DEVELOPMENT_MODE: true,
  ENABLE_DEBUG_ENDPOINTS: true,
  VERBOSE_ERROR_MESSAGES: true,
  REQUIRE_EMAIL_VERIFICATION: false,
  SHUTDOWN_GRACE_SECONDS: 0,
  GENERATION_PROVIDER: 'canvas',
  AI_PROVIDER: 'local',
  THREAT_RESPONSES: 'observe',
  LOG_LEVEL: 'info',
  LOG_FORMAT: 'pretty',
} as const satisfies Values;

/** Staging and production: reachable from the internet, so nothing embedded, generated or verbose. */
export const isDeployed = (name: EnvironmentName): boolean => name === 'production' || name === 'staging';

/** Defaults of unset variables. Only safe values have a default; the others are required by a rule. */
function defaultsOf(name: EnvironmentName): Values {
  if (isDeployed(name)) return { ...everywhere, ...deployed };
  const quiet = name === 'test' ? ({ DEBUG: false, LOG_LEVEL: 'warn', LOG_FORMAT: 'json' } as const) : {};
  return { ...everywhere, ...development, TRUSTED_PROXY: { mode: 'none' }, ...quiet };
}

type Settled = keyof typeof everywhere | keyof typeof deployed | 'ENABLE_FILE_UPLOAD';

/** The environment with its defaults: validated by the rules, and the source of the configuration. */
export type Settings = Values & { readonly [Name in Settled]-?: NonNullable<Environment[Name]> };

/** Adds the defaults of the environment `name` to the set variables. */
export function withDefaults(environment: Environment, name: EnvironmentName): Settings {
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined));
  const upload = { ENABLE_FILE_UPLOAD: !isDeployed(name) || environment.CLAMAV_HOST !== undefined };
  return { ...upload, ...defaultsOf(name), ...set } as Settings;
}

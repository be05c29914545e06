import { parseCidrs } from '../values/cidr.js';
import { Choice, Flag, Hidden, Parsed, Size, Text, WholeNumber } from './environment.fields.js';
import { parseFileTypes } from '../values/file-types.js';
import { parseHeaders } from '../values/header-names.js';
import { parseEmailAddress } from '../values/email-address.js';
import { parseHostAndPort, parseHosts } from '../values/network-address.js';
import { parseModelPrice, parseShare, parseShares, parseUsd } from '../values/money.js';
import { parseRate, parseRatePerMinute } from '../values/parse-values.js';
import type { ModelPrice } from '../policy/assistants/models.js';
import type { RateLimit } from '../policy/perimeter/rate-limits.js';
import { Secret } from '../values/secret.js';
import { parseBaseUrl, parseSecretUrl, withoutCredentials, parseWebOrigin } from '../values/web-address.js';
import { parseBackupAddress, parseBackupRecipient } from '../backup/backup-address.js';
import { ServerEnvironment } from './environment.server.js';

const KB = 1024;
const GB = 1024 ** 3;
const webhook = withoutCredentials(parseSecretUrl('https:', 'http:'));
const smtp = parseSecretUrl('smtps:', 'smtp:');
const siem = parseSecretUrl('https:', 'syslog+tls:', 'http:');
const redis = parseSecretUrl('rediss:', 'redis:');
const levels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
const languageProviders = ['gemini', 'openai', 'local', 'none'] as const;
const modelPurpose = 'Model of that provider; the default of policy when unset.';
const modelName = [
  /^(?!.*\.\.)\w[\w./:@-]{0,99}$/,
  'is no name of a model',
  'Write the name as the provider spells it.',
] as const;
const openAiBase = 'Address of a service that speaks as OpenAI does; OpenAI itself when unset.';

/**
 * Every variable the service knows, as text of the process turned into values. Each is optional here: requirements are
 * in environment.rules.ts, defaults in environment.defaults.ts.
 */
export class Environment extends ServerEnvironment {
  @Hidden('Signs access tokens.') JWT_SECRET?: Secret;
  @Hidden('JWT_SECRET before the last rotation.') JWT_SECRET_PREVIOUS?: Secret;
  @Hidden('Keys the hash that passwords go to Supabase as.') PASSWORD_PEPPER?: Secret;
  @Hidden('PASSWORD_PEPPER before the last rotation.') PASSWORD_PEPPER_PREVIOUS?: Secret;
  @Hidden('Encrypts audit entries.') AUDIT_ENC_KEY?: Secret;
  @Hidden('AUDIT_ENC_KEY before the last rotation.') AUDIT_ENC_KEY_PREVIOUS?: Secret;
  @Hidden('Signs what the gateway sends in.') WEBHOOK_GATEWAY_SECRET?: Secret;
  @Hidden('WEBHOOK_GATEWAY_SECRET before the last rotation.') WEBHOOK_GATEWAY_SECRET_PREVIOUS?: Secret;
  @Parsed('Ranges that messages to the gateway may come from.', parseCidrs)
  WEBHOOK_GATEWAY_ALLOWLIST?: readonly string[];
  @Hidden('Keys the hash of Messenger ids and of addresses in the audit.') PSEUDONYM_KEY?: Secret;
  @Hidden('PSEUDONYM_KEY before the last rotation.') PSEUDONYM_KEY_PREVIOUS?: Secret;

  @Text(
    'Operator who may use /ops.',
    /^[^:\s]{1,64}$/,
    'has a colon, a blank or too many characters',
    'Write one word.',
  )
  ADMIN_USER?: string;
  @Hidden('Password of that operator.') ADMIN_PASS?: Secret;
  @Hidden('Further operators: name:password for each, separated by blanks.') OPERATORS?: Secret;
  @Parsed('Ranges that may reach admin and operator routes.', parseCidrs)
  ADMIN_IP_ALLOWLIST?: readonly string[];
  @Hidden('First administrator; remove after the first sign-in.') DEFAULT_ADMIN_EMAIL?: Secret;
  @Hidden('Password of the first administrator; remove after the first sign-in.')
  DEFAULT_ADMIN_PASSWORD?: Secret;
  @Flag('Signs people in only once their e-mail address is verified.') REQUIRE_EMAIL_VERIFICATION?: boolean;
  @Flag('Lets accounts from before the pepper in once.') ACCEPT_UNPEPPERED_PASSWORDS?: boolean;
  @WholeNumber('Credits of a new account.', 0, 1_000_000_000) DEFAULT_USER_CREDITS?: number;
  @WholeNumber('Credits that each account is given every month.', 0, 1_000_000_000)
  MONTHLY_USER_CREDITS?: number;

  @Hidden('Postgres as the service uses it: few rights, TLS.') DATABASE_URL?: Secret;
  @Hidden('Postgres as its owner, for db:migrate and db:backup alone.') DATABASE_MIGRATION_URL?: Secret;
  @Hidden('Redis: counters that replicas share.', redis) REDIS_URL?: Secret;
  @Parsed('Supabase project.', parseWebOrigin) SUPABASE_URL?: string;
  @Hidden('Its publishable key (sb_publishable_).') SUPABASE_PUBLISHABLE_KEY?: Secret;
  @Hidden('Its secret key (sb_secret_).') SUPABASE_SECRET_KEY?: Secret;
  @Hidden('Legacy name and form of SUPABASE_PUBLISHABLE_KEY.') SUPABASE_ANON_KEY?: Secret;
  @Hidden('Legacy name and form of SUPABASE_SECRET_KEY.') SUPABASE_SERVICE_ROLE_KEY?: Secret;
  @Text('Folder of the embedded default (.velro).', /./, 'is no path', 'Write a folder.') VELRO_HOME?: string;

  @Choice('Who makes the pictures.', ['fal', 'canvas']) GENERATION_PROVIDER?: 'fal' | 'canvas';
  @Hidden('Key of fal.ai.') FAL_KEY?: Secret;
  @Parsed('Stand-in for the fal queue; tests only.', parseBaseUrl) FAL_QUEUE_URL?: string;
  @Parsed('Stand-in for the fal key set; tests only.', parseBaseUrl) FAL_JWKS_URL?: string;
  @Parsed('Stand-in for the fal media hosts; tests only.', parseHosts) FAL_MEDIA_HOSTS?: readonly string[];

  @Flag('Kill switch: false and no language model is ever called.') AI_ENABLED?: boolean;
  @Choice('Which language model answers; none: no assistants, generations untouched.', languageProviders)
  AI_PROVIDER?: (typeof languageProviders)[number];
  @Text(modelPurpose, ...modelName) AI_MODEL?: string;
  @Parsed('Price of AI_MODEL where policy has none.', parseModelPrice) AI_MODEL_PRICE?: ModelPrice;
  @Choice('Asked when the first does not answer.', ['none', 'gemini', 'openai']) AI_SECOND_PROVIDER?:
    'none' | 'gemini' | 'openai';
  @Text(modelPurpose, ...modelName) AI_SECOND_MODEL?: string;
  @Parsed('Price of AI_SECOND_MODEL where policy has none.', parseModelPrice)
  AI_SECOND_MODEL_PRICE?: ModelPrice;
  @Hidden('Key of Gemini.') GEMINI_API_KEY?: Secret;
  @Parsed('Stand-in for Gemini; tests only.', parseBaseUrl) GEMINI_BASE_URL?: string;
  @Hidden('Key of OpenAI or of a compatible service.') OPENAI_API_KEY?: Secret;
  @Parsed(openAiBase, parseBaseUrl) OPENAI_BASE_URL?: string;
  @WholeNumber('Milliseconds a model may take.', 100, 60_000) AI_TIMEOUT_MS?: number;
  @WholeNumber('Milliseconds of an answer by the OpenAI-compatible routes.', 1000, 240_000)
  OPENAI_DOOR_TIMEOUT_MS?: number;
  @WholeNumber('Model calls a minute for Messenger, all people together.', 1, 100_000)
  AI_MAX_CALLS_PER_MIN?: number;
  @WholeNumber('Model calls a minute beside Messenger: chat, the OpenAI door, the operator.', 1, 1_000_000)
  AI_MAX_CALLS_PER_MIN_OTHER?: number;
  @WholeNumber('Model calls a minute of one Messenger user.', 1, 100_000)
  AI_MAX_CALLS_PER_MIN_PER_PSID?: number;
  @Parsed('Dollars that language models may cost a day.', parseUsd) AI_DAILY_BUDGET_USD?: number;
  @Parsed('Dollars that language models may cost a month.', parseUsd) AI_MONTHLY_BUDGET_USD?: number;
  @Parsed('Dollars that one person may cost a day.', parseUsd) AI_PERSON_DAILY_BUDGET_USD?: number;
  @Parsed('Dollars that one person may cost a month; unset: no cap.', parseUsd)
  AI_PERSON_MONTHLY_BUDGET_USD?: number;
  @Parsed('Dollars that generations may cost a day; unset: no cap.', parseUsd)
  GENERATION_DAILY_BUDGET_USD?: number;
  @Parsed('Dollars that generations may cost a month; unset: no cap.', parseUsd)
  GENERATION_MONTHLY_BUDGET_USD?: number;
  @Parsed('Shares of a budget that raise an alert.', parseShares) BUDGET_ALERT_SHARES?: readonly number[];

  @Hidden('Messenger: sends replies.') FACEBOOK_PAGE_ACCESS_TOKEN?: Secret;
  @Hidden('Messenger: proves our webhook to Meta.') FACEBOOK_VERIFY_TOKEN?: Secret;
  @Hidden('Messenger: verifies signatures from Meta.') FACEBOOK_APP_SECRET?: Secret;
  @Text(
    'Messenger: the app, for the watch over the token of the page.',
    /^\d{5,20}$/,
    'is no id of an app',
    'Write its digits.',
  )
  FACEBOOK_APP_ID?: string;
  @Parsed('Stand-in for the Graph API; tests only.', parseBaseUrl) FACEBOOK_GRAPH_URL?: string;

  @Flag('Lets people upload files; unset: in development, and with CLAMAV_HOST.')
  ENABLE_FILE_UPLOAD?: boolean;
  @Size('Largest upload.', KB, GB) MAX_FILE_SIZE?: number;
  @Parsed('Extensions or MIME types that may be uploaded; a list of safe ones when unset.', parseFileTypes)
  ALLOWED_FILE_TYPES?: readonly string[];
  @Size('All uploads of one person together.', KB, 1024 * GB) UPLOAD_QUOTA_BYTES?: number;
  @Parsed('Malware scanner: host or host:port of clamd.', parseHostAndPort) CLAMAV_HOST?: string;
  @Choice('Uploads while CLAMAV_HOST is away; refused when unset.', ['refuse', 'quarantine']) SCANNER_DOWN?:
    'refuse' | 'quarantine';

  @Choice('Whether threats are answered or only watched.', ['enforce', 'observe'])
  THREAT_RESPONSES?: 'enforce' | 'observe';
  @Flag('Allows limits looser than policy; logged.') ALLOW_LOOSER_LIMITS?: boolean;
  @Parsed('Chat messages a minute.', parseRatePerMinute) CHAT_RATE_LIMIT?: RateLimit;
  @Parsed('Admin requests a minute.', parseRatePerMinute) ADMIN_RATE_LIMIT_REQUESTS?: RateLimit;
  @Parsed('Failed sign-ins.', parseRate) RATE_LIMIT_AUTH_LOGIN?: RateLimit;
  @Parsed('Sign-ups.', parseRate) RATE_LIMIT_AUTH_REGISTER?: RateLimit;
  @Parsed('Password resets.', parseRate) RATE_LIMIT_PASSWORD_RESET?: RateLimit;
  @Parsed('Token refreshes.', parseRate) RATE_LIMIT_AUTH_REFRESH?: RateLimit;
  @Parsed('Generations.', parseRate) RATE_LIMIT_GENERATION_CREATE?: RateLimit;
  @Parsed('Uploads of files.', parseRate) RATE_LIMIT_UPLOAD?: RateLimit;
  @Parsed('Any other request.', parseRate) RATE_LIMIT_API_STANDARD?: RateLimit;
  @Parsed('Chat messages; the long form of CHAT_RATE_LIMIT.', parseRate) RATE_LIMIT_CHAT?: RateLimit;
  @Parsed('Admin requests; the long form of ADMIN_RATE_LIMIT_REQUESTS.', parseRate)
  RATE_LIMIT_ADMIN?: RateLimit;

  @Flag('Keeps the audit.') AUDIT_ENABLED?: boolean;
  @Flag('Encrypts the audit.') AUDIT_ENCRYPT?: boolean;
  @WholeNumber('Days an audit entry is kept.', 1, 3650) AUDIT_RETENTION_DAYS?: number;
  @Text(
    'Who runs the service, for its privacy policy: name and place.',
    /^[^<>{}\n]{1,200}$/,
    'is no name',
    'Write name and place.',
  )
  PRIVACY_CONTROLLER?: string;
  @Text(
    'Whom to ask about personal data, for the privacy policy.',
    /^[^<>{}\n]{3,200}$/,
    'is no contact',
    'Write a mail address.',
  )
  PRIVACY_CONTACT?: string;
  @Text(
    'Whom to tell about a vulnerability, for security.txt.',
    /^(https:\/\/|mailto:)?[^\s<>{}:]{3,200}$/,
    'is no contact',
    'Write a mail address, or the https address of a page.',
  )
  SECURITY_CONTACT?: string;
  @Flag('Sends nothing to AI providers for whoever has not agreed to it.') REQUIRE_AI_CONSENT?: boolean;
  @Flag('Takes personal data out of what is logged and sent to models.') LEADSENSE_PII_REDACTION?: boolean;

  @Choice('What is logged; security events always are.', levels, { warning: 'warn' })
  LOG_LEVEL?: (typeof levels)[number];
  @Choice('For machines or for eyes.', ['json', 'pretty']) LOG_FORMAT?: 'json' | 'pretty';
  @Text('Also logs into this file.', /./, 'is no path', 'Write a file.') LOG_FILE?: string;
  @Flag('One line a request, at every LOG_LEVEL.') ACCESS_LOG?: boolean;
  @Flag('Serves /metrics.') METRICS_ENABLED?: boolean;
  @Hidden('Token that reads /metrics.') METRICS_TOKEN?: Secret;
  @Flag('Exports traces to OTEL_EXPORTER_OTLP_ENDPOINT.') TRACING_ENABLED?: boolean;
  @Parsed('Collector of traces: OTLP over HTTP.', parseBaseUrl) OTEL_EXPORTER_OTLP_ENDPOINT?: string;
  @Hidden('Headers for that collector, name=value.', parseHeaders) OTEL_EXPORTER_OTLP_HEADERS?: Secret;
  @Parsed('Share of the traces that is kept.', parseShare) OTEL_TRACES_SAMPLER_ARG?: number;
  @Flag('Tells the monitor at HEALTH_PING_URL every minute that the service is healthy.')
  HEALTH_PING_ENABLED?: boolean;
  @Hidden('Address that a monitor gives a service to be told at.', webhook) HEALTH_PING_URL?: Secret;
  @Hidden('Webhook that alerts go to.', webhook) SECURITY_ALERT_WEBHOOK_URL?: Secret;
  @Hidden('Where security events are exported to.', siem) SIEM_URL?: Secret;
  @Hidden('Bucket that backups go to, with its credentials.', parseBackupAddress) BACKUP_TARGET?: Secret;
  @Parsed('Public key that backups are encrypted to.', parseBackupRecipient) BACKUP_RECIPIENT?: string;
  @Hidden('Mail server, with its credentials.', smtp) SMTP_URL?: Secret;
  @Text(
    'Sender of our mail.',
    /^[^<>@\s]+@[^<>@\s]+$|^[^<>@]+ <[^<>@\s]+@[^<>@\s]+>$/,
    'is no mail address',
    'Write a@b or Name <a@b>.',
  )
  MAIL_FROM?: string;
  @Hidden('Address that alerts go to by mail.', parseEmailAddress) ALERT_EMAIL?: Secret;
}

export type Variable = keyof Environment;

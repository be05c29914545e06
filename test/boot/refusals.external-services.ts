import { canary, hexKey, password } from './environments.js';
import { refuses, type Refusal } from './refusal.js';

/** Of the form of a public key of age. */
const recipient = `age1${'q'.repeat(58)}`;

const site = (): string => `${canary()}.example.net`;

const modes = ['DEBUG', 'DEVELOPMENT_MODE', 'ENABLE_DEBUG_ENDPOINTS', 'VERBOSE_ERROR_MESSAGES'];
const bypasses = ['EMERGENCY_AUTH_MODE', 'ENABLE_MOCK_AUTHENTICATION'];

const proxies: readonly (readonly [string, string | undefined])[] = [
  ['nobody', undefined],
  ['true', 'true'],
  ['*', '*'],
  ['0.0.0.0/0', '0.0.0.0/0'],
  ['half of the internet', '128.0.0.0/1'],
  ['::/0', '::/0'],
  ['all of IPv4 in disguise', '::ffff:0:0/96'],
  ['a wide range among narrow ones', '10.0.0.0/8,64.0.0.0/7'],
  ['a wide IPv6 range', '2000::/3'],
  ['an octal address', '010.0.0.1'],
  ['a prefix of 33', '10.0.0.0/33'],
  ['a host name', site()],
];

const origins: readonly (readonly [string, string])[] = [
  ['*', '*'],
  ['null', 'null'],
  ['a wildcard', `https://*.${site()}`],
  ['http', `http://${site()}`],
  ['a path', `https://${site()}/app`],
  ['a slash at the end', `https://${site()}/`],
  ['credentials', `https://${canary()}@${site()}`],
  ['no scheme', site()],
  ['a wildcard in a JSON array', `["https://${site()}","*"]`],
  ['broken JSON', `["https://${site()}"`],
  ['another scheme', `chrome-extension://${canary()}`],
];

const standIns: readonly (readonly [string, string])[] = [
  ['FAL_QUEUE_URL', `https://${site()}`],
  ['FAL_JWKS_URL', `https://${site()}/jwks.json`],
  ['FAL_MEDIA_HOSTS', site()],
  ['GEMINI_BASE_URL', `https://${site()}`],
  ['FACEBOOK_GRAPH_URL', `https://${site()}`],
];

const malformedAddresses: readonly (readonly [string, string])[] = [
  ['no address', canary()],
  ['two', `${canary()}@example.com,${canary()}@example.com`],
  ['one with a name', `Watch <${canary()}@example.com>`],
  ['one with a header behind it', `${canary()}@example.com\r\nBcc: ${canary()}@example.com`],
  ['one with a blank', `${canary()} @example.com`],
  ['at no domain', `${canary()}@`],
  ['at a domain of one label', `${canary()}@example`],
  ['too long', `${'a'.repeat(65)}@${site()}`],
  ['not ASCII', `ä${canary()}@example.com`],
];

const siems: readonly (readonly [string, string])[] = [
  ['over http', `http://${site()}/${hexKey()}`],
  ['over http in a private network', 'http://10.0.0.1/events'],
  ['by syslog without TLS', `syslog://${site()}:514`],
  ['by syslog over UDP', `udp://${site()}:514`],
  ['by syslog with a path', `syslog+tls://${site()}:6514/${canary()}`],
  ['by syslog with credentials', `syslog+tls://user:${password()}@${site()}:6514`],
  ['that is no address', canary()],
];

/** Rows about modes, network, providers and everything else that surrounds the service. */
export const surroundingRefusals: readonly Refusal[] = [
  ...modes.flatMap((mode) =>
    (['production', 'staging'] as const).map((environment) =>
      refuses(environment, `${mode} on`, mode, 'true'),
    ),
  ),
  ...bypasses.flatMap((mode) =>
    (['production', 'development', 'test'] as const).map((environment) =>
      refuses(environment, `${mode} on`, mode, 'YES'),
    ),
  ),
  ...proxies.map(([title, value]) =>
    refuses('production', `a trusted proxy that is ${title}`, 'TRUSTED_PROXY', value),
  ),
  refuses('staging', 'no trusted proxy', 'TRUSTED_PROXY', undefined),
  refuses('development', 'the whole internet as trusted proxy', 'TRUSTED_PROXY', '0.0.0.0/0'),
  refuses('production', 'the whole internet as railway peers', 'TRUSTED_PROXY_PEERS', '0.0.0.0/0'),
  refuses('production', 'a malformed allow list', 'ADMIN_IP_ALLOWLIST', `10.0.0.0/8,${canary()}`),
  ...origins.map(([title, value]) => refuses('production', `an origin with ${title}`, 'CORS_ORIGINS', value)),
  refuses('development', 'the origin * in development', 'CORS_ORIGINS', '*'),
  ...['*', 'X-A,X B', 'X-A: 1', 'X-A\r\nX-B', ',', 'X-Ä', 'a'.repeat(65)].map((value) =>
    refuses('production', `the header names ${JSON.stringify(value)}`, 'CORS_ALLOWED_HEADERS', value),
  ),
  {
    title: 'an alias of the origins with http',
    environment: 'production',
    changes: { CORS_ORIGINS: undefined, ALLOWED_ORIGINS: `http://${site()}` },
    names: ['ALLOWED_ORIGINS'],
  },
  {
    title: 'origins that disagree with their alias',
    environment: 'production',
    changes: { ALLOWED_ORIGINS: `https://${site()}` },
    names: ['CORS_ORIGINS'],
  },
  refuses('production', 'no public address', 'PUBLIC_URL', undefined),
  refuses('production', 'a public address over http', 'PUBLIC_URL', `http://${site()}`),
  refuses('staging', 'a public address over http', 'PUBLIC_URL', `http://${site()}`),
  refuses('production', 'a public address with a path', 'PUBLIC_URL', `https://${site()}/api`),
  {
    title: 'two instances without Redis',
    environment: 'production',
    changes: { INSTANCES: '2' },
    names: ['REDIS_URL'],
  },
  refuses(
    'production',
    'Redis in the clear across the internet',
    'REDIS_URL',
    `redis://:${password()}@${site()}:6379`,
  ),
  refuses(
    'production',
    'Redis in the clear at a public address',
    'REDIS_URL',
    `redis://:${password()}@8.8.8.8:6379`,
  ),
  refuses(
    'production',
    'Redis in the clear at a number that only looks private',
    'REDIS_URL',
    `redis://:${password()}@0x0a000001:6379`,
  ),
  refuses('production', 'Redis that is no Redis', 'REDIS_URL', `https://${site()}`),
  ...['0', '-1', '1.5', 'two', '1e3'].map((value) =>
    refuses('production', `${value} instances`, 'INSTANCES', value),
  ),
  refuses('production', 'a role that there is none of', 'ROLE', 'queue'),
  ...['0', '1', '101', 'ten'].map((value) =>
    refuses('production', `${value} connections`, 'DATABASE_POOL_SIZE', value),
  ),
  ...['0', '201'].map((value) =>
    refuses('production', `${value} generations followed at a time`, 'GENERATION_FOLLOWS_AT_ONCE', value),
  ),
  refuses('production', 'a port above 65535', 'PORT', '65536'),
  refuses('production', 'any free port', 'PORT', '0'),
  refuses('production', 'an audit that is off', 'AUDIT_ENABLED', 'false'),
  refuses('staging', 'an audit in the clear', 'AUDIT_ENCRYPT', 'no'),
  refuses('production', 'an audit kept for ever', 'AUDIT_RETENTION_DAYS', '99999'),
  refuses('production', 'no verification of e-mail addresses', 'REQUIRE_EMAIL_VERIFICATION', 'false'),
  refuses('production', 'personal data left in', 'LEADSENSE_PII_REDACTION', '0'),
  refuses('production', 'the canvas in production', 'GENERATION_PROVIDER', 'canvas'),
  refuses('staging', 'the canvas in staging', 'GENERATION_PROVIDER', 'canvas'),
  refuses('production', 'fal without its key', 'FAL_KEY', undefined),
  {
    title: 'fal without its key in development',
    environment: 'development',
    changes: { GENERATION_PROVIDER: 'fal' },
    names: ['FAL_KEY'],
  },
  refuses('production', 'an unknown generation provider', 'GENERATION_PROVIDER', canary()),
  refuses('production', 'a local language model', 'AI_PROVIDER', 'local'),
  refuses('production', 'Gemini without its key', 'GEMINI_API_KEY', undefined),
  {
    title: 'OpenAI without its key',
    environment: 'production',
    changes: { AI_PROVIDER: 'openai' },
    names: ['OPENAI_API_KEY'],
  },
  {
    title: 'a third of Messenger',
    environment: 'production',
    changes: { FACEBOOK_APP_SECRET: hexKey() },
    names: ['FACEBOOK_PAGE_ACCESS_TOKEN', 'FACEBOOK_VERIFY_TOKEN'],
  },
  {
    title: 'two thirds of Messenger in development',
    environment: 'development',
    changes: { FACEBOOK_APP_SECRET: hexKey(), FACEBOOK_VERIFY_TOKEN: canary() },
    names: ['FACEBOOK_PAGE_ACCESS_TOKEN'],
  },
  ...standIns.map(([variable, value]) => refuses('production', 'a stand-in in production', variable, value)),
  refuses(
    'development',
    'a stand-in that would get our key in the clear',
    'FAL_QUEUE_URL',
    `http://${site()}`,
  ),
  refuses('production', 'OpenAI in the clear', 'OPENAI_BASE_URL', `http://${site()}/v1`),
  refuses('production', 'uploads without a scanner', 'ENABLE_FILE_UPLOAD', 'true'),
  refuses('production', 'a scanner that is an address of the web', 'CLAMAV_HOST', `http://${site()}`),
  refuses('production', 'a file size without sense', 'MAX_FILE_SIZE', '10 apples'),
  refuses('production', 'a file size of two gigabytes', 'MAX_FILE_SIZE', '2GB'),
  refuses('production', 'a family of file types', 'ALLOWED_FILE_TYPES', 'image/*'),
  {
    title: 'traces without their collector',
    environment: 'production',
    changes: { TRACING_ENABLED: 'true' },
    names: ['OTEL_EXPORTER_OTLP_ENDPOINT'],
  },
  ...(['production', 'development'] as const).map((environment) =>
    refuses(environment, 'traces in the clear', 'OTEL_EXPORTER_OTLP_ENDPOINT', `http://${site()}:4318`),
  ),
  refuses(
    'production',
    'a collector of traces with a password in its address',
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    `https://user:${hexKey()}@${site()}`,
  ),
  refuses(
    'production',
    'headers of the collector that are none',
    'OTEL_EXPORTER_OTLP_HEADERS',
    `Bearer ${canary()}`,
  ),
  refuses(
    'production',
    'headers with a line break',
    'OTEL_EXPORTER_OTLP_HEADERS',
    `x-key=${canary()}%0d%0ax: y`,
  ),
  ...['1.5', '-0.1', 'all', '10%'].map((share) =>
    refuses('production', `a share of ${share}`, 'OTEL_TRACES_SAMPLER_ARG', share),
  ),
  refuses('production', 'an unknown log level', 'LOG_LEVEL', 'loud'),
  refuses('production', 'an unknown log format', 'LOG_FORMAT', 'xml'),
  refuses('production', 'an access log that is neither on nor off', 'ACCESS_LOG', 'sometimes'),
  refuses(
    'production',
    'an alert webhook over http',
    'SECURITY_ALERT_WEBHOOK_URL',
    `http://${site()}/${hexKey()}`,
  ),
  refuses(
    'production',
    'an alert webhook with a password in it',
    'SECURITY_ALERT_WEBHOOK_URL',
    `https://alerts:${hexKey()}@${site()}/`,
  ),
  refuses('production', 'a monitor over http', 'HEALTH_PING_URL', `http://${site()}/${hexKey()}`),
  ...siems.map(([title, value]) => refuses('production', `a SIEM ${title}`, 'SIEM_URL', value)),
  ...(['staging', 'development', 'test'] as const).map((environment) =>
    refuses(environment, 'a SIEM over http', 'SIEM_URL', `http://${site()}/${hexKey()}`),
  ),
  ...(['SMTP_URL', 'SIEM_URL'] as const).map((variable) =>
    refuses(
      'production',
      `a password with a bare percent sign in ${variable}`,
      variable,
      `${variable === 'SMTP_URL' ? 'smtps' : 'https'}://user:${password()}%zz@${site()}`,
    ),
  ),
  ...(
    [
      ['over http', `http://key:${hexKey()}@${site()}/velro`],
      ['without credentials', `https://${site()}/velro`],
      ['without a secret key', `https://key@${site()}/velro`],
      ['without a bucket', `https://key:${hexKey()}@${site()}/`],
      ['whose prefix leads elsewhere', `https://key:${hexKey()}@${site()}/velro/.hidden/x`],
      ['with an unknown setting', `https://key:${hexKey()}@${site()}/velro?acl=public`],
      ['with a region that is none', `https://key:${hexKey()}@${site()}/velro?region=a_b`],
      ['with a bare percent sign', `https://key:${hexKey()}%zz@${site()}/velro`],
      ['that is a folder', '/var/backups'],
    ] as const
  ).map(([title, value]): Refusal => ({
    title: `a bucket of backups ${title}`,
    environment: 'production',
    changes: { BACKUP_TARGET: value, BACKUP_RECIPIENT: recipient },
    names: ['BACKUP_TARGET'],
  })),
  {
    title: 'a bucket of backups without a public key',
    environment: 'production',
    changes: { BACKUP_TARGET: `https://key:${hexKey()}@${site()}/velro` },
    names: ['BACKUP_RECIPIENT'],
  },
  {
    title: 'a public key of backups without a bucket',
    environment: 'production',
    changes: { BACKUP_RECIPIENT: recipient },
    names: ['BACKUP_TARGET'],
  },
  refuses(
    'production',
    'an identity in place of its public key',
    'BACKUP_RECIPIENT',
    `AGE-SECRET-KEY-1${'Q'.repeat(58)}`,
  ),
  refuses('production', 'a mail server that is none', 'SMTP_URL', `https://${site()}`),
  refuses('production', 'a sender that is none', 'MAIL_FROM', canary()),
  ...malformedAddresses.map(([title, value]) => ({
    title: `an address for alerts that is ${title}`,
    environment: 'production' as const,
    changes: { SMTP_URL: `smtps://${site()}`, ALERT_EMAIL: value },
    names: ['ALERT_EMAIL'],
  })),
  ...(['production', 'development', 'test'] as const).map((environment) =>
    refuses(
      environment,
      'an address for alerts without a mail server',
      'ALERT_EMAIL',
      `${canary()}@example.com`,
    ),
  ),
  refuses('production', 'responses that are neither enforced nor observed', 'THREAT_RESPONSES', canary()),
  refuses('production', 'responses that are only observed', 'THREAT_RESPONSES', 'observe'),
  refuses('production', 'a looser login limit', 'RATE_LIMIT_AUTH_LOGIN', '4/hour'),
  refuses(
    'production',
    'a login limit with the same average in bigger bursts',
    'RATE_LIMIT_AUTH_LOGIN',
    '72/day',
  ),
  refuses('production', 'a login limit that starts anew every minute', 'RATE_LIMIT_AUTH_LOGIN', '3/minute'),
  refuses('production', 'a looser chat limit', 'CHAT_RATE_LIMIT', '31'),
  refuses('production', 'a looser admin limit', 'ADMIN_RATE_LIMIT_REQUESTS', '1000'),
  refuses('development', 'a malformed limit', 'RATE_LIMIT_API_STANDARD', 'plenty'),
  refuses('development', 'a limit of nothing', 'RATE_LIMIT_API_STANDARD', '0/hour'),
  refuses('development', 'a limit for a rule that does not exist', 'RATE_LIMIT_LOGINS', '3/hour'),
  {
    title: 'two forms of a limit that disagree',
    environment: 'development',
    changes: { CHAT_RATE_LIMIT: '10', RATE_LIMIT_CHAT: '20/minute' },
    names: ['RATE_LIMIT_CHAT'],
  },
  ...['tru', 'on', '2', 'enabled'].map((value) =>
    refuses('development', `the flag ${value}`, 'METRICS_ENABLED', value),
  ),
  refuses('production', 'Node told not to verify TLS', 'NODE_TLS_REJECT_UNAUTHORIZED', '0'),
  refuses('development', 'a home below a file', 'VELRO_HOME', '/dev/null/velro'),
];

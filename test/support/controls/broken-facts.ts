import type { ControlId } from '../../../src/features/controls/catalogue/controls.js';
import type { attestedControls } from '../../../src/features/controls/catalogue/attested.controls.js';
import type { vendorsControls } from '../../../src/features/controls/catalogue/vendors.controls.js';
import { answer, type GoodFacts } from './good-facts.js';

type Writable<T> = T extends Date
  ? T
  : T extends readonly (infer One)[]
    ? Writable<One>[]
    : T extends object
      ? { -readonly [Name in keyof T]: Writable<T[Name]> }
      : T;

type Break = (facts: Writable<GoodFacts>) => void;
type AutomaticId = Exclude<ControlId, keyof typeof attestedControls | keyof typeof vendorsControls>;

const old = new Date(0);
const limit =
  (rule: keyof GoodFacts['inside']['rateLimits']): Break =>
  ({ inside }) => {
    inside.rateLimits[rule] = { limit: 1000, windowSeconds: 60 };
  };
const header =
  (name: string): Break =>
  ({ outside }) => {
    const last = outside.answers.at(-1);
    if (last !== undefined) last.headers[name] = 'something else';
  };
const metric =
  (name: string): Break =>
  ({ inside }) => {
    inside.metrics.names = inside.metrics.names.filter((one) => one !== name);
  };
const event =
  (name: string): Break =>
  ({ recorded }) => {
    recorded.events = recorded.events.filter((one) => one !== name);
  };
const open =
  (route: string): Break =>
  ({ outside }) => {
    outside.personalRoutes[route] = answer(route, 200);
  };
const template =
  (at: number): Break =>
  ({ checkout }) => {
    const found = checkout.templates[at];
    if (found !== undefined) found.values['EMERGENCY_AUTH_MODE'] = 'true';
  };
const alert =
  (name: string): Break =>
  ({ checkout }) => {
    checkout.alertRules = checkout.alertRules.filter((one) => one !== name);
  };
const document =
  (file: string): Break =>
  ({ checkout }) => {
    checkout.documents = Object.fromEntries(
      Object.entries(checkout.documents).filter(([name]) => name !== file),
    );
  };

/** For each automatic control, what makes it fail and no other one. */
export const broken: Readonly<Record<string, Break>> = {
  'configuration/environment': ({ inside }) => (inside.environment = 'development'),
  'configuration/valid': ({ inside }) => (inside.configuration.warnings = ['ADMIN_IP_ALLOWLIST is not set']),
  'configuration/public-address': ({ inside }) => (inside.publicUrl = 'http://api.example.com'),
  'modes/debug': ({ inside }) => (inside.debug = true),
  'modes/development': ({ inside }) => (inside.developmentMode = true),
  'modes/debug-endpoints': ({ inside }) => (inside.debugEndpoints = true),
  'modes/verbose-errors': ({ inside }) => (inside.verboseErrors = true),
  'modes/emergency-authentication': ({ inside }) => (inside.emergencyAuthentication = true),
  'modes/mock-authentication': ({ inside }) => (inside.mockAuthentication = true),
  'performance/compression': ({ inside }) => (inside.compression = false),
  'performance/cache': ({ inside }) => (inside.cache = false),
  'secrets/jwt-length': ({ inside }) => (inside.jwtSecret.characters = 95),
  'secrets/audit-key': ({ inside }) => (inside.auditKeyBytes = 31),
  'secrets/gateway-secret': ({ inside }) => (inside.gatewaySecret.characters = 63),
  'secrets/database-password': ({ inside }) => (inside.databasePassword = { characters: 19, distinct: 19 }),
  'secrets/first-administrator': ({ inside }) => (inside.hasFirstAdministrator = true),
  'keys/provider-age': ({ inside }) => inside.keys.push({ name: 'FAL_KEY', ageDays: 33, level: 'ok' }),
  'keys/jwt-age': ({ inside }) => inside.keys.push({ name: 'JWT_SECRET', ageDays: 33, level: 'ok' }),
  'keys/age': ({ inside }) => inside.keys.push({ name: 'PSEUDONYM_KEY', ageDays: 91, level: 'notice' }),
  'keys/rotation-recorded': ({ inside }) => (inside.recordedConfigurations = 0),
  'maintenance/weekly': ({ inside }) => (inside.maintenance.weekly = ['errors']),
  'maintenance/monthly': ({ inside }) => (inside.maintenance.monthly = ['access']),
  'maintenance/quarterly': ({ inside }) => (inside.maintenance.quarterly = ['keys']),
  'cors/exact-origins': ({ inside }) => inside.corsOrigins.push('https://*.example.com'),
  'limits/sign-in': limit('auth_login'),
  'limits/sign-up': limit('auth_register'),
  'limits/password-reset': limit('password_reset'),
  'limits/generations': limit('generation_create'),
  'limits/api': limit('api_standard'),
  'limits/chat': limit('chat'),
  'limits/admin': limit('admin'),
  'limits/strategies': ({ inside }) => (inside.rateStrategies.api_standard = 'token_bucket'),
  'threats/responses': ({ inside }) => (inside.threats.responses = 'observe'),
  'operators/credentials': ({ inside }) => (inside.operator.user = 'Admin'),
  'operators/named': ({ inside }) => (inside.operator.named = 0),
  'administrators/addresses': ({ inside }) => (inside.adminAddressRanges = 0),
  'administrators/factor': ({ inside }) => (inside.administrators.withoutFactor = 1),
  'administrators/roles': ({ inside }) => (inside.roles = ['user']),
  'headers/hsts': header('strict-transport-security'),
  'headers/content-security-policy': header('content-security-policy'),
  'headers/nosniff': header('x-content-type-options'),
  'headers/frame-options': header('x-frame-options'),
  'headers/xss-protection': header('x-xss-protection'),
  'headers/referrer-policy': header('referrer-policy'),
  'headers/opener-policy': header('cross-origin-opener-policy'),
  'headers/request-id': ({ outside }) => {
    const last = outside.answers.at(-1);
    if (last !== undefined) last.headers['x-request-id'] = '';
  },
  'headers/software': header('x-powered-by'),
  'headers/cookies': ({ outside }) => (outside.cookies = ['a=b; HttpOnly; SameSite=Lax']),
  'errors/no-inside': ({ outside }) =>
    outside.answers.push({ ...(outside.answers[1] ?? answer('', 0)), body: 'select * from users' }),
  'errors/problem-documents': ({ outside }) => (outside.unreadableBody.headers['content-type'] = 'text/html'),
  'cors/stranger': ({ outside }) =>
    (outside.strangePreflight.headers['access-control-allow-origin'] = 'https://stranger.example'),
  'authentication/forged-token': ({ outside }) => (outside.forgedToken.status = 200),
  'authentication/unsigned-token': ({ outside }) => (outside.unsignedToken.status = 200),
  'authentication/open-routes': open('GET /api/v1/auth/me'),
  'authorisation/admin-routes': ({ outside }) => outside.adminRoutes.push(answer('GET /admin', 200)),
  'operators/basic-authentication': ({ outside }) => outside.operatorRoutes.push(answer('GET /metrics', 200)),
  'operators/apart': ({ outside }) => outside.misplacedOperatorRoutes.push(answer('GET /x', 401)),
  'limits/enforced': ({ outside }) => outside.signIns.pop(),
  'limits/told': ({ outside }) => (outside.forgedToken.headers = {}),
  'input/sql-injection': ({ outside }) => (outside.sqlInjection.status = 500),
  'input/malformed': ({ outside }) => (outside.unreadableBody.status = 500),
  'input/large-body': ({ outside }) => (outside.largeBody.status = 200),
  'input/long-headers': ({ outside }) => (outside.longHeaders.status = 200),
  'input/methods': ({ outside }) => (outside.trace.status = 200),
  'privacy/export-route': open('POST /api/v1/privacy/export'),
  'privacy/deletion-route': open('GET /api/v1/privacy/delete'),
  'privacy/consents-route': open('GET /api/v1/privacy/consents'),
  'privacy/do-not-sell-route': open('GET /api/v1/privacy/do-not-sell'),
  'authentication/second-factor-route': open('POST /api/v1/auth/mfa/enroll'),
  'events/cors': event('malicious_cors'),
  'events/forged-token': event('authz_fail'),
  'events/malicious-input': event('malicious_sqli'),
  'events/limits': event('excess_rate_limit_exceeded'),
  'tls/certificate': ({ outside }) => (outside.tls.daysLeft = 13),
  'tls/versions': ({ outside }) => outside.tls.oldVersions.push('TLSv1.1'),
  'tls/https-only': ({ outside }) => (outside.plain = answer('GET /health', 200) as never),
  'health/endpoint': ({ outside }) => (outside.health.status = 503),
  'surface/debug-routes': ({ outside }) => outside.debugRoutes.push(answer('GET /debug/routes', 200)),
  'surface/secret-files': ({ outside }) => outside.secretFiles.push(answer('GET /.env', 200)),
  'surface/description': ({ outside }) => (outside.description.status = 200),
  'surface/keys': ({ outside }) => outside.keyShapes.found.push('key'),
  'surface/privacy-policy': ({ outside }) => (outside.privacyPolicy.status = 404),
  'surface/global-privacy-control': ({ outside }) => (outside.globalPrivacyControl.body = '{"gpc":false}'),
  'surface/checkpoint': ({ outside }) => (outside.checkpoint.status = 404),
  'surface/security-text': ({ outside }) => (outside.securityText.body = 'Expires: never'),
  'ai/provider': ({ inside }) => (inside.language.provider = 'local'),
  'ai/timeout': ({ inside }) => (inside.language.timeoutMs = 3001),
  'ai/limits': ({ inside }) => (inside.language.perMinuteAndPerson = 3),
  'ai/kill-switch': ({ inside }) => (inside.aiSwitch.stored = false),
  'ai/ping': ({ inside }) => (inside.aiPing = { latencyMs: 3000, error: 'ai_timeout' }),
  'budgets/ai': ({ inside }) => (inside.aiBudget.daily = 6),
  'budgets/alerts': ({ inside }) => (inside.budgetAlertShares = [1]),
  'messenger/configured': ({ inside }) => (inside.messengerAccess = 'without_page'),
  'messenger/token-watch': ({ inside }) => (inside.messenger = { tokenAskedAt: old, isTokenValid: true }),
  'messenger/deduplication': ({ inside }) => (inside.messengerStore.hasUniqueMessages = false),
  'messenger/hashed-ids': ({ inside }) => (inside.messengerStore.holdsHashesAlone = false),
  'messenger/unsigned': ({ outside }) => (outside.messengerUnsigned.status = 200),
  'messenger/wrong-signature': ({ outside }) => (outside.messengerWrongSignature.status = 200),
  'database/postgres': ({ inside }) => (inside.database.version = 'SQLite 3'),
  'database/tls': ({ inside }) => (inside.databaseTls = false),
  'database/least-privilege': ({ inside }) => inside.databaseRole.powers.push('superuser'),
  'database/row-security': ({ inside }) => inside.openTables.push('users'),
  'database/pool': ({ inside }) => (inside.database.statementTimeoutMs = 0),
  'database/answers': ({ inside }) => (inside.database.roundTripMs = 251),
  'backups/recent': ({ inside }) => (inside.backup = { lastSuccess: old, isOverdue: true }),
  'backups/elsewhere': ({ inside }) =>
    (inside.backupPlace = { host: 'db.example.com', region: 'eu-west-1', databaseHost: 'db.example.com' }),
  'backups/restored': ({ inside }) => (inside.selfTest = { lastPassed: null, isOverdue: true }),
  'audit/enabled': ({ inside }) => (inside.audit.enabled = false),
  'audit/encrypted': ({ inside }) => (inside.auditPayloads.readable = 1),
  'audit/append-only': ({ inside }) => inside.auditPowers.push('delete'),
  'audit/retention': ({ inside }) => (inside.audit.retentionDays = 89),
  'privacy/retention': ({ inside }) => (inside.retention.overdueRows = 1),
  'privacy/redaction': ({ inside }) => inside.redaction.left.push('a card'),
  'privacy/consents': ({ inside }) => inside.consents.powers.push('delete'),
  'uploads/size': ({ inside }) => (inside.uploads.maxFileBytes = 2 ** 40),
  'uploads/types': ({ inside }) => inside.uploads.allowedTypes.push('image/svg+xml'),
  'uploads/quota': ({ inside }) => (inside.uploads.quotaBytes = 0),
  'uploads/scanner': ({ inside }) => (inside.scanner = { isUp: false }),
  'uploads/storage': ({ inside }) => (inside.objectStorage.isUp = false),
  'metrics/security': metric('suspicious_ip_blocks'),
  'metrics/ai': metric('ai_errors'),
  'metrics/by-kind': metric('errors_by_code'),
  'logs/level': ({ inside }) => (inside.log.level = 'debug'),
  'logs/format': ({ inside }) => (inside.log.format = 'pretty'),
  'logs/collected': ({ inside }) => (inside.hasSiem = false),
  'review/access': ({ inside }) => (inside.accessReview.isDue = true),
  'logs/canary': ({ recorded }) => (recorded.logStore.foundAfterMs = null),
  'alerts/receivers': ({ inside }) => (inside.alertReceivers = []),
  'events/stored': ({ inside }) => (inside.recordedEvents = 0),
  'tracing/enabled': ({ inside }) => (inside.tracing = false),
  'health/outgoing-ping': ({ inside }) => (inside.healthPing.lastTaken = old),
  'container/user': ({ inside }) => (inside.container.userId = 0),
  'container/no-new-privileges': ({ inside }) => (inside.container.hasNoNewPrivileges = false),
  'container/memory': ({ inside }) => (inside.container.memoryLimitBytes = null),
  'performance/requests': ({ inside }) => (inside.requests.slow = 51),
  'webhooks/delivered': ({ inside }) => (inside.webhooks.delivered = 0),
  'repository/env-ignored': ({ checkout }) => (checkout.ignored['.env.production'] = false),
  'repository/env-not-committed': ({ checkout }) => checkout.committedEnvironments.push('.env.local'),
  'templates/production': template(0),
  'templates/staging': template(1),
  'templates/development': template(2),
  'deployment/validated': ({ checkout }) => (checkout.railway.preDeploy = 'migrate'),
  'deployment/health-check': ({ checkout }) => (checkout.railway.healthcheckPath = ''),
  'container/base-image': ({ checkout }) => checkout.dockerfile.bases.push('node:latest'),
  'container/image-user': ({ checkout }) => (checkout.dockerfile.users = []),
  'alerts/ai-errors': alert('VelroAiErrors'),
  'alerts/webhook-signatures': alert('VelroWebhookSignatures'),
  'alerts/usage': alert('VelroAiUsageSpike'),
  'alerts/health': alert('VelroHealth'),
  'dashboards/files': ({ checkout }) => {
    checkout.dashboards = checkout.dashboards.filter((uid) => uid !== 'velro-custody');
  },
  'documents/deployment': document('docs/deployment.md'),
  'documents/security-model': document('docs/security-model.md'),
  'documents/operations': document('docs/operations-guide.md'),
  'documents/recovery': document('docs/backups.md'),
  'documents/processing': document('docs/processing-record.md'),
  'documents/incidents': document('docs/incidents.md'),
  'commands/audit': ({ checkout }) => checkout.scripts.pop(),
} satisfies Record<AutomaticId, Break>;

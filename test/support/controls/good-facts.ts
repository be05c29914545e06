import type { CheckoutFacts } from '../../../src/features/controls/facts/checkout-facts.js';
import type { InsideFacts } from '../../../src/features/controls/facts/inside-facts.js';
import type {
  Answer,
  OutsideFacts,
  RecordedFacts,
} from '../../../src/features/controls/facts/outside-facts.js';
import { rateLimits, rateLimitStrategies } from '../../../config/policy/perimeter/rate-limits.js';

export interface GoodFacts {
  inside: InsideFacts;
  outside: OutsideFacts;
  recorded: RecordedFacts;
  checkout: CheckoutFacts;
}

const headers = {
  'strict-transport-security': 'max-age=31536000; includeSubDomains; preload',
  'content-security-policy':
    "default-src 'self'; script-src 'self'; object-src 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'x-xss-protection': '1; mode=block',
  'referrer-policy': 'strict-origin-when-cross-origin',
  'x-request-id': '01a22323-d862-7df4-9a99-7f68dc076f6d',
};

export const answer = (request: string, status: number, more: Partial<Answer> = {}): Answer => ({
  request,
  status,
  headers,
  body: '',
  ...more,
});

const problem = (request: string, status: number): Answer =>
  answer(request, status, {
    headers: { ...headers, 'content-type': 'application/problem+json' },
    body: '{"code":"validation_failed","request_id":"01a2"}',
  });

const closed = (request: string): Answer => problem(request, 401);
const limited = {
  ...headers,
  ratelimit: '"a";r=1',
  'ratelimit-policy': '"a";q=2',
  'x-ratelimit-limit': '2',
  'x-ratelimit-remaining': '1',
};
const secret = { characters: 128, distinct: 60 };
const strategies = Object.fromEntries(
  Object.entries(rateLimitStrategies).map(([rule, { strategy }]) => [rule, strategy]),
) as InsideFacts['rateStrategies'];
const personal = [
  'POST /api/v1/privacy/export',
  'GET /api/v1/privacy/delete',
  'GET /api/v1/privacy/consents',
  'GET /api/v1/privacy/do-not-sell',
  'POST /api/v1/auth/mfa/enroll',
  'GET /api/v1/auth/me',
];
const safeModes = {
  DEBUG: 'false',
  DEVELOPMENT_MODE: 'false',
  EMERGENCY_AUTH_MODE: 'false',
  ENABLE_MOCK_AUTHENTICATION: 'false',
  ENABLE_DEBUG_ENDPOINTS: 'false',
  VERBOSE_ERROR_MESSAGES: 'false',
};

/** What a production instance shows of which every automatic control passes. New objects at each call: a test breaks them. */
export const goodFacts = (): GoodFacts =>
  structuredClone<GoodFacts>({
    inside: {
      environment: 'production',
      debug: false,
      developmentMode: false,
      debugEndpoints: false,
      verboseErrors: false,
      emergencyAuthentication: false,
      mockAuthentication: false,
      configuration: { variables: 120, warnings: [] },
      publicUrl: 'https://api.example.com',
      jwtSecret: secret,
      auditKeyBytes: 32,
      gatewaySecret: { characters: 64, distinct: 16 },
      databasePassword: secret,
      hasFirstAdministrator: false,
      keys: [
        { name: 'JWT_SECRET', ageDays: 3, level: 'ok' },
        { name: 'GEMINI_API_KEY', ageDays: 3, level: 'ok' },
        { name: 'AUDIT_ENC_KEY', ageDays: 60, level: 'ok' },
      ],
      recordedConfigurations: 2,
      maintenance: { weekly: [], monthly: [], quarterly: [] },
      corsOrigins: ['https://app.example.com'],
      operator: { user: 'heron', password: secret, isGenerated: false, named: 2 },
      adminAddressRanges: 1,
      rateLimits,
      rateStrategies: strategies,
      threats: {
        responses: 'enforce',
        attacks: ['brute_force_attack', 'authentication_bypass', 'rate_limit_violation', 'malicious_input'],
      },
      administrators: { count: 2, withoutFactor: 0 },
      roles: ['user', 'viewer', 'admin', 'super_admin'],
      language: { provider: 'gemini', timeoutMs: 3000, perMinute: 10, perMinuteAndPerson: 2 },
      aiSwitch: { effective: true, stored: true },
      aiPing: { latencyMs: 200, error: null },
      aiBudget: { daily: 5, monthly: 50 },
      budgetAlertShares: [0.5, 0.8, 1],
      messengerAccess: 'whole',
      messenger: { tokenAskedAt: new Date(), isTokenValid: true },
      messengerStore: { hasUniqueMessages: true, holdsHashesAlone: true },
      database: {
        version: 'PostgreSQL 18.4',
        isEmbedded: false,
        statementTimeoutMs: 900,
        poolSize: 10,
        roundTripMs: 3,
      },
      databaseTls: true,
      databaseRole: { name: 'velro_app', powers: [] },
      openTables: [],
      auditPowers: [],
      backup: { lastSuccess: new Date(), isOverdue: false },
      backupPlace: { host: 's3.example.net', region: 'eu-west-1', databaseHost: 'db.example.com' },
      selfTest: { lastPassed: new Date(), isOverdue: false },
      audit: { enabled: true, retentionDays: 90 },
      auditPayloads: { looked: 100, readable: 0 },
      retention: { rules: 20, overdueRows: 0 },
      uploads: {
        enabled: true,
        maxFileBytes: 10_485_760,
        allowedTypes: ['image/png'],
        quotaBytes: 1_000_000_000,
      },
      scanner: { isUp: true },
      objectStorage: { kind: 'supabase', isUp: true },
      redaction: { enabled: true, left: [] },
      consents: { powers: [], areVersioned: true },
      container: {
        userId: 1000,
        hasNoNewPrivileges: true,
        memoryLimitBytes: 1_000_000_000,
        residentBytes: 200_000_000,
      },
      compression: true,
      cache: true,
      tracing: true,
      healthPing: { isConfigured: true, lastTaken: new Date() },
      metrics: {
        enabled: true,
        names: [
          'failed_auth_attempts',
          'rate_limit_violations',
          'security_header_violations',
          'malicious_input_detections',
          'suspicious_ip_blocks',
          'ai_calls_blocked_per_psid',
          'ai_calls_blocked_global',
          'ai_errors',
          'webhook_signature_failures',
          'auth_failures_by_kind',
          'rate_limit_violations_by_rule',
          'adaptive_limit_changes',
          'errors_by_code',
        ],
      },
      accessReview: { lastAt: new Date(), isDue: false },
      log: { level: 'warn', format: 'json' },
      hasSiem: true,
      alertReceivers: ['mail'],
      recordedEvents: 12,
      requests: { count: 1000, slow: 3 },
      webhooks: { endpoints: 1, delivered: 10, failed: 1 },
    },
    outside: {
      isHttps: true,
      isLoopback: false,
      answers: [
        answer('GET /health', 200),
        problem('GET /api/v1/no-such-route', 404),
        closed('GET /api/v1/auth/me'),
        answer('HEAD /health', 200),
      ],
      health: answer('GET /health', 200, { body: '{"status":"healthy","uptime_s":3,"ai_status":"enabled"}' }),
      tls: { protocol: 'TLSv1.3', isTrusted: true, daysLeft: 60, oldVersions: [] },
      plain: answer('GET /health', 301, { headers: { location: 'https://api.example.com/' } }),
      cookies: ['a=b; Secure; HttpOnly; SameSite=Lax'],
      strangeOrigin: answer('GET /api/v1/health', 200),
      strangePreflight: problem('OPTIONS /api/v1/auth/login', 403),
      operatorRoutes: [closed('GET /ops/ai/status'), closed('GET /metrics')],
      adminRoutes: [closed('GET /api/v1/admin/users')],
      misplacedOperatorRoutes: [problem('GET /api/v1/ops/ai/status', 404)],
      personalRoutes: Object.fromEntries(personal.map((route) => [route, closed(route)])),
      forgedToken: answer('GET /api/v1/auth/me', 401, { headers: limited }),
      unsignedToken: closed('GET /api/v1/auth/me'),
      signIns: [
        closed('POST /api/v1/auth/login'),
        answer('POST /api/v1/auth/login', 429, { headers: { ...headers, 'retry-after': '60' } }),
      ],
      sqlInjection: problem('POST /api/v1/auth/login', 422),
      unreadableBody: problem('POST /api/v1/auth/login', 400),
      longHeaders: problem('GET /health', 431),
      largeBody: problem('POST /api/v1/auth/login', 413),
      messengerUnsigned: problem('POST /webhook/messenger', 400),
      messengerWrongSignature: problem('POST /webhook/messenger', 403),
      debugRoutes: [problem('GET /debug/config', 404)],
      secretFiles: [problem('GET /package.json', 404)],
      description: problem('GET /docs-json', 404),
      trace: problem('TRACE /health', 405),
      privacyPolicy: answer('GET /api/v1/privacy/policy', 200, { body: '{"version":"2026-11-28"}' }),
      globalPrivacyControl: answer('GET /.well-known/gpc.json', 200, { body: '{"gpc":true}' }),
      securityText: answer('GET /.well-known/security.txt', 200, {
        body: 'Contact: mailto:a@example.com\nExpires: 2027-01-01T00:00:00Z\n',
      }),
      checkpoint: answer('GET /.well-known/velro-audit-checkpoint', 200, {
        body: 'velro\n1\nroot\n\n— velro sig\n',
      }),
      keyShapes: { looked: 11, found: [] },
    },
    recorded: {
      events: ['malicious_cors', 'authz_fail', 'malicious_sqli', 'excess_rate_limit_exceeded'],
      isLocal: false,
      logStore: { isGiven: true, foundAfterMs: 1200 },
    },
    checkout: {
      committedEnvironments: [],
      ignored: { '.env': true, '.env.production': true },
      templates: [
        {
          file: '.env.production.hardened',
          values: { ...safeModes, ENVIRONMENT: 'production', JWT_SECRET: 'REPLACE_WITH_PRODUCTION_SECRET' },
        },
        {
          file: '.env.staging.secure',
          values: { ...safeModes, ENVIRONMENT: 'staging', JWT_SECRET: 'REPLACE_WITH_96_CHAR_SECRET' },
        },
        {
          file: '.env.development.secure',
          values: { ...safeModes, ENVIRONMENT: 'development', JWT_SECRET: 'REPLACE_WITH_64_CHAR_SECRET' },
        },
      ],
      dockerfile: { bases: ['node:24-slim'], users: ['node'] },
      railway: { preDeploy: 'security-validate && migrate', healthcheckPath: '/health' },
      alertRules: ['VelroAiErrors', 'VelroWebhookSignatures', 'VelroAiUsageSpike', 'VelroHealth'],
      dashboards: ['velro-security', 'velro-traffic', 'velro-generations', 'velro-ai', 'velro-custody'],
      documents: {
        'docs/deployment.md': ['First deploy'],
        'docs/security-model.md': ['Threats'],
        'docs/operations-guide.md': ['Security events'],
        'docs/backups.md': ['Restoring'],
        'docs/processing-record.md': ['Recipients'],
        'docs/incidents.md': [
          'A key is compromised',
          'Limits are exceeded',
          'The system may be compromised',
          'Personal data was breached',
        ],
      },
      scripts: [
        'security:validate',
        'security:audit',
        'audit:verify',
        'db:backup',
        'db:restore',
        'test:load',
        'unblock',
      ],
    },
  });

import { apiPrefix } from './http.js';

/** Path and media types of the browsers' violation reports. */
export const cspReportPath = `${apiPrefix}/csp-report`;
export const cspReportTypes = ['application/csp-report', 'application/reports+json'] as const;
/** Largest report in bytes: a browser's has one or two. */
export const cspReportBytes = 4096;

/** The API description: its page, the page of errors, and the text. */
export const docsPaths = { page: '/docs', errors: '/docs/errors', description: '/docs-json' } as const;
const reportGroup = 'csp';

const contentSecurityPolicy = (extra: Readonly<Record<string, readonly string[]>> = {}): string => {
  const directives: Record<string, readonly string[]> = {
    'default-src': ["'self'"],
    'script-src': ["'self'"],
    'object-src': ["'none'"],
    'base-uri': ["'self'"],
    'frame-ancestors': ["'none'"],
    'form-action': ["'self'"],
    ...extra,
    'report-uri': [`/${cspReportPath}`],
    'report-to': [reportGroup],
  };
  return Object.entries(directives)
    .map(([name, sources]) => `${name} ${sources.join(' ')}`)
    .join('; ');
};

/** On every answer: success, error, 404, HEAD, OPTIONS, event stream and unparsable request alike. */
export const securityPolicy = {
  hsts: { maxAge: 31_536_000, includeSubDomains: true, preload: true },
  contentSecurityPolicy: contentSecurityPolicy(),
  /** The API description needs styles and pictures of its own; never an inline script. */
  docsContentSecurityPolicy: contentSecurityPolicy({
    'style-src': ["'self'", "'unsafe-inline'"],
    'img-src': ["'self'", 'data:'],
    'font-src': ["'self'", 'data:'],
  }),
  reportingEndpoints: `${reportGroup}="/${cspReportPath}"`,
  /** Browsers that still support this header block the page instead of sanitising it. */
  xssProtection: '1; mode=block',
  referrerPolicy: 'strict-origin-when-cross-origin',
  permissionsPolicy:
    'accelerometer=(), camera=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), payment=(), usb=()',
} as const;

/** Cross-origin reads: what a browser may send, read and cache. */
export const corsPolicy = {
  methods: 'GET, HEAD, POST, PUT, PATCH, DELETE',
  requestHeaders: [
    ...['Authorization', 'Content-Type', 'Idempotency-Key', 'Last-Event-ID', 'X-Device-Token'],
    // Resumable uploads.
    ...['Tus-Resumable', 'Upload-Length', 'Upload-Metadata', 'Upload-Offset'],
    // Frontends that are traced add these to every request (W3C Trace Context and Baggage, Sentry).
    // Clients of OpenAI in a browser tell about themselves.
    ...[
      'arch',
      'lang',
      'os',
      'package-version',
      'retry-count',
      'runtime',
      'runtime-version',
      'timeout',
      'helper-method',
    ].map((name) => `x-stainless-${name}`),
    ...['baggage', 'sentry-trace', 'traceparent', 'tracestate'],
  ],
  exposedHeaders:
    'Location, ETag, Content-Range, Content-Disposition, Upload-Offset, Upload-Length, Upload-Expires, Tus-Resumable, Tus-Version, Retry-After, x-should-retry, RateLimit, RateLimit-Policy, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, X-RateLimit-Limit-Requests, X-RateLimit-Remaining-Requests, X-RateLimit-Reset-Requests, X-RateLimit-Limit-Tokens, X-RateLimit-Remaining-Tokens, X-RateLimit-Reset-Tokens, X-Vercel-AI-UI-Message-Stream, X-Request-Id, Idempotency-Replayed',
  maxAgeSeconds: 600,
} as const;

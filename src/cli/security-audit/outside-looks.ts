import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { isLoopbackHost } from '../../../config/values/network-address.js';
import { scan } from '../../redaction/scanner.js';
import type { Answer, OutsideFacts } from '../../features/controls/facts/outside-facts.js';
import type { Looks } from '../../features/controls/judging/seen.js';
import type { Prober } from './probe.js';
import { askPlain, lookAtTls } from './tls.js';

const api = '/api/v1';
const stranger = 'https://stranger.example';
const personalRoutes = [
  'POST /api/v1/privacy/export',
  'GET /api/v1/privacy/delete',
  'GET /api/v1/privacy/consents',
  'GET /api/v1/privacy/do-not-sell',
  'POST /api/v1/auth/mfa/enroll',
  'GET /api/v1/auth/me',
  'GET /api/v1/generations',
  'GET /api/v1/api-keys',
];
/** Of an account that is none: more than the limit lets through. */
const signInTries = 6;
/** Beyond what a body of JSON may have. */
const largeBytes = 3 * 1024 * 1024;
const longHeaderBytes = 40 * 1024;

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Signed, but with a key that the service never had: what it is refused for is its signature alone. */
function forgedToken(): string {
  const claims = { sub: randomUUID(), exp: Math.floor(Date.now() / 1000) + 600 };
  const text = `${encoded({ alg: 'HS256', typ: 'JWT', kid: randomBytes(8).toString('hex') })}.${encoded(claims)}`;
  return `${text}.${createHmac('sha256', randomBytes(32)).update(text).digest('base64url')}`;
}

const unsignedToken = (): string =>
  `${encoded({ alg: 'none', typ: 'JWT' })}.${encoded({ sub: randomUUID(), exp: Math.floor(Date.now() / 1000) + 600 })}.`;

export function outsideLooks(prober: Prober): Looks<OutsideFacts> {
  const { address } = prober;
  const get = (path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
    prober.ask({ method: 'GET', path, headers });
  const post = (
    path: string,
    body: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> =>
    prober.ask({ method: 'POST', path, body, headers: { 'content-type': 'application/json', ...headers } });
  const each = async (paths: readonly string[]): Promise<Answer[]> => {
    const answers: Answer[] = [];
    for (const path of paths) answers.push(await get(path));
    return answers;
  };
  const preflight = (origin: string): Promise<Answer> =>
    prober.ask({
      method: 'OPTIONS',
      path: `${api}/auth/login`,
      headers: { origin, 'access-control-request-method': 'POST' },
    });
  const answers = async (): Promise<Answer[]> => [
    await get('/health'),
    await get(`${api}/no-such-route`),
    await get(`${api}/auth/me`),
    await prober.ask({ method: 'HEAD', path: '/health' }),
    await prober.ask({ method: 'DELETE', path: '/health' }),
    await preflight(stranger),
    await post(`${api}/auth/login`, '{'),
  ];
  let sampled: Promise<Answer[]> | undefined;
  const samples = (): Promise<Answer[]> => (sampled ??= answers());
  const login = (email: string): Promise<Answer> =>
    post(`${api}/auth/login`, JSON.stringify({ email, password: randomBytes(12).toString('hex') }));

  return {
    isHttps: () => address.protocol === 'https:',
    isLoopback: () => isLoopbackHost(address.hostname),
    health: () => get('/health'),
    answers: samples,
    tls: () => lookAtTls(address),
    plain: () => askPlain(address),
    cookies: async () => (await samples()).flatMap(({ headers }) => headers['set-cookie']?.split('\n') ?? []),
    strangeOrigin: () => get(`${api}/health`, { origin: stranger }),
    strangePreflight: () => preflight(stranger),
    operatorRoutes: () => each(['/ops/ai/status', '/ops/telemetry', '/ops/tokens', '/metrics']),
    adminRoutes: () => each([`${api}/admin/users`, `${api}/admin/security/posture`, `${api}/admin/controls`]),
    misplacedOperatorRoutes: () => each([`${api}/ops/ai/status`, `${api}/ops/telemetry`, `${api}/metrics`]),
    personalRoutes: async () => {
      const found: Record<string, Answer> = {};
      for (const route of personalRoutes) {
        const [method = '', path = ''] = route.split(' ');
        found[route] = method === 'POST' ? await post(path, '{}') : await get(path);
      }
      return found;
    },
    forgedToken: () => get(`${api}/auth/me`, { authorization: `Bearer ${forgedToken()}` }),
    unsignedToken: () => get(`${api}/auth/me`, { authorization: `Bearer ${unsignedToken()}` }),
    sqlInjection: () => login(`a' or '1'='1' --@example.com`),
    unreadableBody: () => post(`${api}/auth/login`, '{'),
    longHeaders: () => get('/health', { 'x-long': 'a'.repeat(longHeaderBytes) }),
    largeBody: () => post(`${api}/auth/login`, JSON.stringify({ email: 'a'.repeat(largeBytes) })),
    messengerUnsigned: () => post('/webhook/messenger', '{"test": "data"}'),
    messengerWrongSignature: () =>
      post('/webhook/messenger', '{"test": "data"}', { 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` }),
    debugRoutes: () => each(['/debug/config', '/debug/routes']),
    // Not the names that scanners ask for: those are taken for an attack.
    secretFiles: () => each(['/package.json', '/supabase/config.toml', '/dist/service/main.js']),
    description: () => get('/docs-json'),
    trace: () => prober.ask({ method: 'TRACE', path: '/health' }),
    privacyPolicy: () => get(`${api}/privacy/policy`),
    globalPrivacyControl: () => get('/.well-known/gpc.json'),
    securityText: () => get('/.well-known/security.txt'),
    checkpoint: () => get('/.well-known/velro-audit-checkpoint'),
    keyShapes: async () => {
      const texts = [...(await samples()), ...(await each(['/', '/docs', '/privacy', '/console']))].map(
        ({ body }) => body,
      );
      const found = texts.flatMap((text) =>
        scan(text)
          .filter(({ kind }) => kind === 'key')
          .map(({ kind }) => kind as string),
      );
      return { looked: texts.length, found: [...new Set(found)] };
    },
    // The last ones: from then on sign-ins of this address are counted.
    signIns: async () => {
      const email = `audit-${randomUUID()}@example.com`;
      const tried: Answer[] = [];
      for (let number = 0; number < signInTries; number++) {
        tried.push(await login(email));
        if (tried.at(-1)?.status === 429) break;
      }
      return tried;
    },
  };
}

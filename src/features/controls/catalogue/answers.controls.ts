import { fail, holds, notApplicable, outside, pass, type Control } from './control.js';

/** A header with one value on every answer of all kinds. */
const header = (name: string, is: (value: string) => boolean, wanted: string): Control => ({
  title: `${name}: ${wanted} on every answer`,
  remedy: 'The service sets it on all: look for a proxy that answers by itself or takes it away.',
  check: outside((see) => {
    const answers = see('answers');
    const without = answers.filter(({ headers }) => !is(headers[name.toLowerCase()] ?? ''));
    if (answers.length === 0) return fail('nothing was answered');
    const [first] = without;
    return first === undefined
      ? pass(`${String(answers.length)} answers`)
      : fail(`${first.request}: ${String(first.status)} with ${first.headers[name.toLowerCase()] ?? 'none'}`);
  }),
});

const equals = (wanted: string) => (value: string) => value === wanted;

/** What errors must not show: paths, stacks, SQL, names of software. */
const leaks = /node_modules|\bat .+:\d+:\d+|\/app\/|\bselect .+ from\b|postgres|fastify|nestjs|ECONNREFUSED/i;

export const answersControls = {
  'headers/hsts': header(
    'Strict-Transport-Security',
    equals('max-age=31536000; includeSubDomains; preload'),
    'a year, subdomains, preload',
  ),
  'headers/content-security-policy': header(
    'Content-Security-Policy',
    (value) =>
      value.startsWith("default-src 'self'; script-src 'self'") &&
      ["object-src 'none'", "frame-ancestors 'none'"].every((directive) => value.includes(directive)) &&
      !/script-src[^;]*unsafe/.test(value),
    "default-src 'self'; script-src 'self'",
  ),
  'headers/nosniff': header('X-Content-Type-Options', equals('nosniff'), 'nosniff'),
  'headers/frame-options': header('X-Frame-Options', equals('DENY'), 'DENY'),
  'headers/xss-protection': header('X-XSS-Protection', equals('1; mode=block'), '1; mode=block'),
  'headers/referrer-policy': header(
    'Referrer-Policy',
    equals('strict-origin-when-cross-origin'),
    'strict-origin-when-cross-origin',
  ),
  'headers/opener-policy': header('Cross-Origin-Opener-Policy', equals('same-origin'), 'same-origin'),
  'headers/request-id': header('X-Request-Id', (value) => value !== '', 'an id'),
  'headers/software': {
    title: 'No answer names the software',
    remedy: 'Let the proxy take Server and X-Powered-By away.',
    check: outside((see) => {
      const answers = see('answers');
      // The name of a proxy alone tells no version.
      const named = answers.filter(
        ({ headers }) => headers['x-powered-by'] !== undefined || /\d/.test(headers['server'] ?? ''),
      );
      if (answers.length === 0) return fail('nothing was answered');
      return holds(
        named.length === 0,
        named[0] === undefined
          ? `${String(answers.length)} answers`
          : `${named[0].request}: ${named[0].headers['x-powered-by'] ?? named[0].headers['server'] ?? ''}`,
      );
    }),
  },
  'headers/cookies': {
    title: 'Cookies are Secure, HttpOnly and SameSite',
    remedy: 'The service sets no cookies: look for a proxy that does.',
    check: outside((see) => {
      const cookies = see('cookies');
      if (cookies.length === 0) return notApplicable('no cookie is set by any answer');
      const loose = cookies.filter(
        (cookie) =>
          !/;\s*secure/i.test(cookie) ||
          !/;\s*httponly/i.test(cookie) ||
          !/;\s*samesite=(lax|strict)/i.test(cookie),
      );
      return holds(
        loose.length === 0,
        loose.map((cookie) => cookie.split('=')[0]).join(', ') || `${String(cookies.length)} cookies`,
      );
    }),
  },
  'errors/no-inside': {
    title: 'Errors show no stack, path, SQL or name of software, and say which request it was',
    remedy: 'Set VERBOSE_ERROR_MESSAGES=false; look for a proxy with error pages of its own.',
    check: outside((see) => {
      const errors = see('answers').filter(({ status }) => status >= 400);
      const leaking = errors.filter(({ body }) => leaks.test(body));
      if (errors.length === 0) return fail('no error was answered');
      return holds(
        leaking.length === 0,
        leaking[0] === undefined
          ? `${String(errors.length)} errors`
          : `${leaking[0].request}: ${leaks.exec(leaking[0].body)?.[0] ?? ''}`,
      );
    }),
  },
  'errors/problem-documents': {
    title: 'Errors are problem documents with a stable code and the id of the request',
    remedy: 'Look for a proxy with error pages of its own.',
    check: outside((see) => {
      const { status, headers, body } = see('unreadableBody');
      const isProblem = (headers['content-type'] ?? '').startsWith('application/problem+json');
      return holds(
        status >= 400 && isProblem && /"code":"[a-z_]+"/.test(body) && body.includes('"request_id"'),
        `${String(status)} ${headers['content-type'] ?? 'without a type'}`,
      );
    }),
  },
} as const satisfies Record<string, Control>;

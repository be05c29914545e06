import type { Mutant } from '../mutant.ts';

const limits = ['test/perimeter/rate-limits.spec.ts'];
const server = 'src/perimeter/http/http-server.ts';
const addressLimits = 'src/perimeter/limits/address-limits.ts';
const numbers = 'config/policy/perimeter/rate-limits.ts';

export const perimeterMutants: readonly Mutant[] = [
  {
    title: 'the work for a text has no bound',
    file: 'src/perimeter/detection/text/work.ts',
    find: 'if (left - units < floor) {',
    replace: 'if (left - units < -1e12) {',
    specs: ['src/perimeter/detection/work.spec.ts'],
  },
  {
    title: 'one tokeniser may use up all work of a text',
    file: 'src/perimeter/detection/text/work.ts',
    find: 'floor = left - left / detectionLimits.lookShare;',
    replace: 'floor = Math.min(0, left);',
    specs: ['src/perimeter/detection/work.spec.ts'],
  },
  {
    title: 'what is left unread is not known',
    file: 'src/perimeter/detection/text/work.ts',
    find: 'isUnjudged: (): boolean => cut',
    replace: 'isUnjudged: (): boolean => cut && spent < 0',
    specs: ['src/perimeter/detection/work.spec.ts'],
  },
  {
    title: 'the values of a query are judged as one text',
    file: 'src/perimeter/detection/target.ts',
    find: "for (const pair of parts(query, '&')) {",
    replace: "for (const pair of parts(query, '\\0')) {",
    specs: ['test/perimeter/malicious-text.spec.ts'],
  },
  {
    title: 'the dot of a hidden file belongs to the climb before it',
    file: 'src/perimeter/detection/traversal.ts',
    find: 'run.end = dots === 1 && dotsAt > from ? dotsAt : at;',
    replace: 'run.end = dots === 1 && dotsAt > from + 1e9 ? dotsAt : at;',
    specs: ['src/perimeter/detection/alternatives.spec.ts'],
  },
  {
    title: 'encodings that exclude each other are decoded in one pass only',
    file: 'src/perimeter/detection/detect.ts',
    find: 'const plain = layers(text, has, view, false);',
    replace: 'const plain = layers(text, has, view, true);',
    specs: ['src/perimeter/detection/detect.spec.ts'],
  },
  {
    title: 'a number of tokens stands for the value before an injection',
    file: 'src/perimeter/detection/sql/sql-tokens.ts',
    find: 'at <= head || (starts[at] ?? 0) <= continuesAt',
    replace: 'at <= head || (starts[at] ?? 0) <= continuesAt - 1e9',
    specs: ['src/perimeter/detection/detect.spec.ts'],
  },
  {
    title: 'the text of a report of a browser is judged',
    file: 'src/guards/detection.guard.ts',
    find: 'body: !opaqueBody',
    replace: 'body: opaqueBody || !opaqueBody',
    specs: ['test/perimeter/malicious-text.spec.ts'],
  },
  {
    title: 'a report of a browser may be as large as any body',
    file: 'src/perimeter/http/json-body.ts',
    find: 'route.bodyLimit = cspReportBytes;',
    replace: 'route.bodyLimit = Math.max(cspReportBytes, signedBodyBytes);',
    specs: ['test/perimeter/malicious-text.spec.ts'],
  },
  {
    title: 'requests without credentials are not inspected',
    file: 'src/perimeter/hooks/probes.hook.ts',
    find: 'reply.statusCode === 401 && !request.isInspected',
    replace: 'reply.statusCode === 401 && request.isInspected && false',
    specs: ['test/perimeter/malicious-text.spec.ts'],
  },
  {
    title: 'what came in clear is not refused',
    file: server,
    find: 'isInClear(request) ?? faultOf(request)',
    replace: '(isInClear.length > 9 ? isInClear(request) : null) ?? faultOf(request)',
    specs: ['test/journeys/production.spec.ts'],
  },
  {
    title: 'the header of a trusted proxy is not read',
    file: server,
    find: 'addressReader(config.proxy,',
    replace: "addressReader({ mode: 'none' },",
    specs: ['test/perimeter/trusted-proxy.spec.ts'],
  },
  {
    title: 'any peer is believed about X-Real-IP',
    file: 'src/network/client-address.ts',
    find: ' || !peers.hold(direct)',
    replace: '',
    specs: ['src/network/spoofed-address.spec.ts'],
  },
  {
    title: 'IPv6 clients are counted one by one',
    file: 'src/network/client-address.ts',
    find: 'key: `${network}::/64`',
    replace: 'key: network === ip ? network : ip',
    specs: ['src/network/client-address.spec.ts'],
  },
  ...(
    [
      [
        'registrations',
        "auth/register`]: () => 'auth_register'",
        'auth/register`]: () => null',
        'auth_register: of one address',
      ],
      [
        'password resets',
        "auth/password-reset`]: () => 'password_reset'",
        'auth/password-reset`]: () => null',
        'password_reset: of resets of one address',
      ],
      [
        'mails asked for again',
        "auth/email-resend`]: () => 'password_reset'",
        'auth/email-resend`]: () => null',
        'password_reset: of mails again for one address',
      ],
      [
        'logins by another method',
        "(method === 'POST' ? null : 'auth_login')",
        'method && null',
        'auth_login: of requests of one address by another',
      ],
      ['unknown paths', "(request.is404 ? 'api_standard' : null)", 'null', 'unknown paths of one address'],
    ] as const
  ).map(([what, find, replace, test]): Mutant => ({
    title: `${what} are not limited by address`,
    file: addressLimits,
    find,
    replace,
    specs: limits,
    test,
  })),
  ...(
    [
      ['auth_login', 3, 4],
      ['auth_register', 2, 3],
      ['password_reset', 3, 4],
      ['auth_refresh', 20, 21],
      ['generation_create', 10, 1000],
      ['api_standard', 100, 101],
      ['admin', 100, 101],
    ] as const
  ).map(([rule, limit, other]): Mutant => ({
    title: `${rule} allows ${other} instead of ${limit}`,
    file: numbers,
    find: ` ${rule}: { limit: ${limit},`,
    replace: ` ${rule}: { limit: ${other},`,
    specs: limits,
    test: `${rule}: of`,
  })),
  {
    title: 'failed logins of one address at any accounts are allowed 21 times instead of 20',
    file: numbers,
    find: 'loginFailuresByAddress: RateLimit = { limit: 20,',
    replace: 'loginFailuresByAddress: RateLimit = { limit: 21,',
    specs: limits,
    test: 'at any accounts',
  },
  {
    title: 'failed sign-ins of the operator are allowed 11 times instead of 10',
    file: numbers,
    find: 'operatorFailuresByAddress: RateLimit = { limit: 10,',
    replace: 'operatorFailuresByAddress: RateLimit = { limit: 11,',
    specs: limits,
    test: 'as operator',
  },
  {
    title: 'a blocked address with any Authorization reaches unknown paths',
    file: 'src/perimeter/hooks/blocked-address.hook.ts',
    find: 'request.is404 || hasNoCredentials',
    replace: 'hasNoCredentials',
    specs: ['test/perimeter/threats.spec.ts'],
    test: 'a blocked address reaches',
  },
  {
    title: 'an answer that carries secrets is compressed',
    file: 'src/perimeter/http/compression.ts',
    find: 'route.compress = false',
    replace: 'delete route.compress',
    specs: ['test/perimeter/compression.spec.ts'],
  },
];

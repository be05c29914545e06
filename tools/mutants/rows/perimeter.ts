import type { Mutant } from '../mutant.ts';

const limits = ['test/perimeter/rate-limits.spec.ts'];
const server = 'src/perimeter/http/http-server.ts';
const addressLimits = 'src/perimeter/limits/address-limits.ts';
const numbers = 'config/policy/perimeter/rate-limits.ts';

export const perimeterMutants: readonly Mutant[] = [
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
    find: 'addressReader(config.proxy)',
    replace: "addressReader({ mode: 'none' })",
    specs: ['test/perimeter/trusted-proxy.spec.ts'],
  },
  {
    title: 'any peer is believed about X-Real-IP',
    file: 'src/network/client-address.ts',
    find: 'direct !== null && peers.hold(direct)',
    replace: 'direct !== null && peers !== null',
    specs: ['src/network/spoofed-address.spec.ts'],
    cheap: true,
  },
  {
    title: 'IPv6 clients are counted one by one',
    file: 'src/network/client-address.ts',
    find: 'key: `${network}::/64`',
    replace: 'key: network === ip ? network : ip',
    specs: ['src/network/client-address.spec.ts'],
    cheap: true,
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

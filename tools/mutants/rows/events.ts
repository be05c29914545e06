import type { Mutant } from '../mutant.ts';

const file = 'src/observability/security-events.ts';
const specs = ['test/perimeter/security-events.spec.ts'];
const head = '  record(event: SecurityEvent): void {\n';

/** Every text that the table of security events provokes. */
const texts = [
  'ADMIN account disabled',
  'ADMIN account enabled',
  'ADMIN block added',
  'ADMIN block lifted',
  'ADMIN credits adjusted',
  'ADMIN role changed',
  'ADMIN sessions ended',
  'ADMIN test alert',
  'AI switched off',
  'AI switched on',
  'API-KEY created',
  'API-KEY deleted',
  'API-KEY rotated',
  'AUTH account created',
  'AUTH first administrator made',
  'AUTH logout all',
  'AUTH logout one',
  'AUTH logout others',
  'AUTH logout this',
  'AUTH password changed',
  'AUTH password reset',
  'AUTH refresh token reused',
  'AUTH second factor refused',
  'AUTH sign-in refused',
  'AUTH signed in',
  'AUTH signed in with a second factor',
  'AUTH-MIDDLEWARE VIOLATION revoked',
  'AUTH-MIDDLEWARE VIOLATION signature',
  'AUTHORIZATION address refused',
  'AUTHORIZATION role refused',
  'AUTHORIZATION scope missing',
  'AUTHORIZATION step-up required',
  'BROWSER content security policy violated',
  'MALICIOUS-INPUT detected',
  'MALICIOUS-INPUT not judged to its end',
  'MFA factor activated',
  'MFA factor removed',
  'MFA recovery code used',
  'MFA recovery codes replaced',
  'MFA secret cannot be opened',
  'OPERATOR cross-site request refused',
  'OPERATOR sign-in failed',
  'PROBE attack tool',
  'PROBE flood of unknown paths',
  'PROBE foreign origin',
  'PROBE honeypot',
  'RATE-LIMITER auth_login exceeded',
  'RATE-LIMITER mfa_attempts exceeded',
  'SYSTEM stopping',
  'WEBHOOK signature refused',
] as const;

/** Where an event is recorded moves; that all are recorded here does not. */
export const eventMutants: readonly Mutant[] = [
  ...texts.map((text): Mutant => ({
    title: `"${text}" is not recorded`,
    file,
    find: head,
    replace: `${head}    if (event.text === '${text}') return;\n`,
    specs,
    test: `"${text}" is one line`,
  })),
  {
    title: 'an event is written twice',
    file,
    find: '    for (const listener of this.listeners) {\n',
    replace:
      "    if (event.response !== 'twice') this.record({ ...event, response: 'twice' });\n    for (const listener of this.listeners) {\n",
    specs,
    test: '"AUTH logout this" is one line',
  },
];

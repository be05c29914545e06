import { deployed, holds, inside, type Control } from './control.js';
import type { RateLimitName } from '../../../../config/policy/perimeter/rate-limits.js';

/** A rule that is no looser than the documents ask for. */
const limit = (rule: RateLimitName, most: number, seconds: number, of: string): Control => ({
  title: `${of}: at most ${String(most)} in ${seconds === 60 ? 'a minute' : 'an hour'}`,
  remedy: `Set the variable of ${rule} (docs/security-model.md) to ${String(most)} or less.`,
  check: inside((see) => {
    const { limit: allowed, windowSeconds } = see('rateLimits')[rule];
    return holds(
      allowed > 0 && windowSeconds > 0 && allowed / windowSeconds <= most / seconds,
      `${String(allowed)} in ${String(windowSeconds)} s`,
    );
  }),
});

const strategies: readonly string[] = ['sliding_window', 'token_bucket', 'adaptive'];
const responded: readonly string[] = [
  'brute_force_attack',
  'authentication_bypass',
  'rate_limit_violation',
  'malicious_input',
];
const guessed: readonly string[] = ['admin', 'root', 'administrator', 'user', 'operator', 'test'];

export const perimeterControls = {
  'cors/exact-origins': {
    title: 'CORS_ORIGINS names exact origins, https ones outside development, and never *',
    remedy: 'Set CORS_ORIGINS to the origins of your pages, separated by commas.',
    check: inside((see) => {
      const origins = see('corsOrigins');
      const isLoose = (origin: string): boolean =>
        origin.includes('*') ||
        (!['development', 'test'].includes(see('environment')) && !origin.startsWith('https://'));
      const loose = origins.filter(isLoose);
      return holds(
        loose.length === 0,
        loose.length > 0 ? `too loose: ${loose.join(', ')}` : origins.join(', ') || 'no origin is allowed',
      );
    }),
  },
  'limits/sign-in': limit('auth_login', 3, 3600, 'Failed sign-ins'),
  'limits/sign-up': limit('auth_register', 2, 3600, 'Sign-ups'),
  'limits/password-reset': limit('password_reset', 3, 3600, 'Password resets'),
  'limits/generations': limit('generation_create', 10, 3600, 'Generations of one account'),
  'limits/api': limit('api_standard', 100, 60, 'Any other request'),
  'limits/chat': limit('chat', 30, 60, 'Chat messages'),
  'limits/admin': limit('admin', 100, 60, 'Requests of administrators'),
  'limits/strategies': {
    title: 'Limits count by sliding windows, token buckets and adaptively',
    remedy: 'config/policy/perimeter/rate-limits.ts gives each rule its strategy.',
    check: inside((see) => {
      const used = new Set(Object.values(see('rateStrategies')));
      const missing = strategies.filter((strategy) => !used.has(strategy));
      return holds(
        missing.length === 0,
        missing.length === 0 ? [...used].join(', ') : `none is ${missing.join(', ')}`,
      );
    }),
  },
  'threats/responses': {
    title: 'Threats are answered, not only observed: every kind of attack has its response',
    remedy: 'Set THREAT_RESPONSES=enforce.',
    check: deployed((see) => {
      const { responses, attacks } = see('threats');
      const missing = responded.filter((attack) => !attacks.includes(attack));
      return holds(
        responses === 'enforce' && missing.length === 0,
        `THREAT_RESPONSES=${responses}; ${missing.length === 0 ? attacks.join(', ') : `without ${missing.join(', ')}`}`,
      );
    }),
  },
  'operators/credentials': {
    title: 'The operator has a name that nobody tries first and a password of at least 20 characters',
    remedy: 'Set ADMIN_USER and ADMIN_PASS (openssl rand -base64 24).',
    check: inside((see) => {
      const { user, password, isGenerated } = see('operator');
      const isGuessed = !isGenerated && guessed.includes(user.toLowerCase());
      return holds(
        !isGuessed && password.characters >= 20 && password.distinct >= 8,
        `${isGuessed ? 'a name that is tried first' : 'a name of its own'}, ${String(password.characters)} characters`,
      );
    }),
  },
  'operators/named': {
    title: 'Operators have names of their own beside the pair of the environment',
    remedy: 'Set OPERATORS to name:password for each person.',
    check: deployed((see) => {
      const { named } = see('operator');
      return holds(named > 0, `${String(named)} named operators`);
    }),
  },
  'administrators/addresses': {
    title: 'Administrators and operators are let in from named ranges alone',
    remedy: 'Set ADMIN_IP_ALLOWLIST to the CIDR ranges of your office or VPN.',
    check: deployed((see) => {
      const ranges = see('adminAddressRanges');
      return holds(ranges > 0, `${String(ranges)} ranges`);
    }),
  },
  'administrators/factor': {
    title: 'Every administrator has a second factor',
    remedy: 'Have each one enrol (POST /api/v1/auth/mfa/enroll), or take the role away.',
    check: deployed((see) => {
      const { count, withoutFactor } = see('administrators');
      return holds(
        count > 0 && withoutFactor === 0,
        `${String(withoutFactor)} of ${String(count)} without a second factor`,
      );
    }),
  },
  'administrators/roles': {
    title: 'The database knows roles of accounts, administrators apart from users',
    remedy: 'Run npm run db:migrate.',
    check: inside((see) => {
      const roles = see('roles');
      return holds(roles.includes('user') && roles.includes('admin'), roles.join(', '));
    }),
  },
} as const satisfies Record<string, Control>;

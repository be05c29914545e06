import { stepUpPolicy } from '../../config/policy/accounts/mfa.js';
import { scopes } from '../../config/policy/accounts/scopes.js';
import { accessTokenPolicy } from '../../config/policy/accounts/tokens.js';
import { rateLimits, type RateLimit } from '../../config/policy/perimeter/rate-limits.js';
import type { Route } from '../guards/route/route-table.js';

/** How callers prove who they are. */
export const securitySchemes = {
  accessToken: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: `An access token of a sign-in: a JWT by RFC7519 and RFC8725, signed with HS512, good for ${accessTokenPolicy.lifetimeSeconds / 60} minutes.`,
  },
  apiKey: {
    type: 'http',
    scheme: 'bearer',
    description: `An API key, at operations that name a scope: ${scopes.join(', ')}.`,
  },
  visitorToken: {
    type: 'http',
    scheme: 'bearer',
    description: 'A token of `POST /visitors`: a visitor of a site asks one agent, for fifteen minutes.',
  },
  operator: {
    type: 'http',
    scheme: 'basic',
    description: 'The operator: ADMIN_USER and ADMIN_PASS, or one of OPERATORS.',
  },
  metricsToken: { type: 'http', scheme: 'bearer', description: 'METRICS_TOKEN.' },
} as const;

type Requirement = Readonly<Record<string, readonly string[]>>;

/** The alternatives of a route; an empty list where nobody has to say who they are. */
export function securityOf({ access, scope, keysOnly }: Route): Requirement[] {
  if (access === undefined || access.kind === 'open') return [];
  if (access.kind === 'operator')
    return [{ operator: [] }, ...(access.metricsToken ? [{ metricsToken: [] }] : [])];
  if (keysOnly) return [{ apiKey: scope === null ? [] : [scope] }];
  if (scope === 'visitor') return [{ accessToken: [] }, { visitorToken: [] }];
  return [{ accessToken: [] }, ...(scope === null ? [] : [{ apiKey: [scope] }])];
}

/** Who may call a route, and how often, in words. */
export function accessText(route: Route): string {
  return [...whoMay(route), howOften(route)].filter((line) => line !== null).join(' ');
}

function* whoMay({ access, stepUp, adminAddressOnly, signed }: Route): Generator<string> {
  if (access?.kind === 'signed-in' && access.roles.length > 0)
    yield `For the roles ${access.roles.join(', ')}.`;
  if (signed) yield 'The sender signs its requests.';
  if (stepUp)
    yield `Requires a proof of identity of the last ${stepUpPolicy.maxAgeSeconds / 60} minutes (\`POST /auth/step-up\`).`;
  if (adminAddressOnly) yield 'Only from ADMIN_IP_ALLOWLIST, where that is set.';
}

function howOften({ limit }: Route): string | null {
  if (limit === null) return null;
  const { limit: times, windowSeconds }: RateLimit = rateLimits[limit];
  const window =
    windowSeconds === 60 ? 'a minute' : windowSeconds === 3600 ? 'an hour' : `${windowSeconds} s`;
  return `Limit \`${limit}\`: ${times} ${window} unless configured otherwise.`;
}

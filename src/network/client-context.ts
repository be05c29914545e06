import type { FastifyRequest } from 'fastify';
import type { ClientAddress } from './client-address.js';
import { traceIdOf } from './trace-id.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the perimeter's first hook. */
    clientAddress: ClientAddress;
    /** Name of the authenticated operator, who is exempt from a block of the address; `metrics`: the collector of metrics. */
    operator?: string;
    /** Keyed hash of an e-mail address, for events and tables that must not hold addresses. */
    accountOf?: (email: string) => string;
  }
}

export const deviceTokenCharacters = 128;

/** The client of a request, for sessions, limits and security events. */
export interface ClientContext {
  /** The client's address, in its one canonical spelling. */
  readonly ip: string;
  readonly requestId: string;
  /** Of the account; null for unauthenticated requests, and for visitors: what they do speaks against their address. */
  readonly userId: string | null;
  /** Name of the operator, on the operator's routes. */
  readonly operator?: string;
  /** The User-Agent; `unknown` where there is none. */
  readonly device: string;
  /** The token of a known device (`X-Device-Token`), not verified; null when missing or too long. */
  readonly deviceToken: string | null;
  readonly method: string;
  /** The route's template, never the path; `none` where no route matches. */
  readonly route: string;
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** Keyed hash of the e-mail address that the request names; null when it names none. */
  readonly account: string | null;
  readonly accountOf: (email: string) => string | null;
}

/** For requests without a route: the requested path is untrusted text. */
export const noRoute = 'none';
const addressCharacters = 320;
const noAccount = (): null => null;

/** The client of a request, from its address, caller and headers. */
export const clientContextOf = (request: FastifyRequest): ClientContext => ({
  ip: request.clientAddress.ip,
  requestId: request.id,
  userId: request.caller?.visitor === undefined ? (request.caller?.userId ?? null) : null,
  ...(request.operator === undefined ? {} : { operator: request.operator }),
  device: request.headers['user-agent'] ?? 'unknown',
  deviceToken: deviceTokenOf(request),
  method: request.method,
  route: request.routeOptions.url ?? noRoute,
  traceId: traceIdOf(request),
  account: accountOf(request),
  accountOf: request.accountOf ?? noAccount,
});

/** The client of a request that is aimed at this account without naming its address. */
export const aimedAt = (client: ClientContext, email: string): ClientContext => ({
  ...client,
  account: client.accountOf(email),
});

function accountOf({ body, accountOf: hash }: FastifyRequest): string | null {
  if (hash === undefined || typeof body !== 'object' || body === null || !('email' in body)) return null;
  const { email } = body;
  return typeof email === 'string' && email.length <= addressCharacters ? hash(email) : null;
}

/** The `X-Device-Token` header; null when missing or too long. Not verified. */
export function deviceTokenOf(request: FastifyRequest): string | null {
  const token = request.headers['x-device-token'];
  return typeof token === 'string' && token.length > 0 && token.length <= deviceTokenCharacters
    ? token
    : null;
}

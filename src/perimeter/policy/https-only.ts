import type { FastifyRequest } from 'fastify';
import type { Config } from '../../../config/config.js';
import { Problem } from '../../errors/problem.js';
import { AddressRanges } from '../../network/address-ranges.js';
import { probePaths } from '../../../config/policy/perimeter/http.js';

/** Null for a request that came over TLS, or need not have. */
export type HttpsCheck = (request: FastifyRequest) => Problem | null;

/**
 * Behind a proxy in staging and production: what came in clear is refused, not redirected, because its token has been
 * seen already. The word of the proxy counts, and of nobody else. Probes of the platform come in clear.
 */
export function httpsOnly({ environment, proxy }: Config): HttpsCheck {
  if (proxy.mode === 'none' || (environment !== 'production' && environment !== 'staging')) return () => null;
  const proxies = new AddressRanges(proxy.mode === 'railway' ? proxy.peers : proxy.trusted);
  return ({ raw, headers, routeOptions }) => {
    if (probePaths.includes(routeOptions.url ?? '')) return null;
    const peer = raw.socket.remoteAddress;
    const told = headers['x-forwarded-proto'];
    // The last proxy adds its word at the end.
    const last = typeof told === 'string' ? told.split(',').at(-1)?.trim().toLowerCase() : undefined;
    const isTold = peer !== undefined && proxies.hold(peer);
    return isTold && last === 'https' ? null : new Problem('https_required');
  };
}

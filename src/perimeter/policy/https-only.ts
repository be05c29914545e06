import type { FastifyRequest } from 'fastify';
import type { Config } from '../../../config/config.js';
import { Problem } from '../../errors/problem.js';
import { AddressRanges } from '../../network/address-ranges.js';
import { probePaths } from '../../../config/policy/perimeter/http.js';

/** Null for a request over TLS, or one that needs none. */
export type HttpsCheck = (request: FastifyRequest) => Problem | null;

/**
 * Behind a proxy in staging and production: a plain HTTP request is refused, not redirected, because its token is
 * exposed already. Only the trusted proxy's header counts. Probes of the platform use plain HTTP.
 */
export function httpsOnly({ environment, proxy }: Config): HttpsCheck {
  if (proxy.mode === 'none' || (environment !== 'production' && environment !== 'staging')) return () => null;
  const proxies = new AddressRanges(proxy.mode === 'railway' ? proxy.peers : proxy.trusted);
  return ({ raw, headers, routeOptions }) => {
    if (probePaths.includes(routeOptions.url ?? '')) return null;
    const peer = raw.socket.remoteAddress;
    const forwardedProto = headers['x-forwarded-proto'];
    // The last proxy appends its value at the end.
    const last =
      typeof forwardedProto === 'string' ? forwardedProto.split(',').at(-1)?.trim().toLowerCase() : undefined;
    const isTrustedPeer = peer !== undefined && proxies.hold(peer);
    return isTrustedPeer && last === 'https' ? null : new Problem('https_required');
  };
}

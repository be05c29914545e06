import type { FastifyInstance, FastifyRequest } from 'fastify';
import { mediaPaths, openPages } from '../../../config/policy/perimeter/cross-site.js';
import { cspReportPath } from '../../../config/policy/perimeter/headers.js';
import { Problem } from '../../errors/problem.js';
import { clientContextOf } from '../../network/client-context.js';
import type { SecurityEvents } from '../../observability/security-events.js';
import { crossSiteRequestRefused } from '../perimeter.events.js';
import type { OriginCheck } from './probes.hook.js';

/** A target without escapes, blanks or quotes: no text in it can be taken for an attack by the visitor. */
const plainTarget = /^[\w./?=&-]*$/;

/**
 * Refuses requests that a page of another site started (Fetch Metadata), unless its origin may call the API: another site
 * must not use up a limit of its visitor, nor raise the visitor's threat level. Added before the hooks that count, so that
 * the header earns a program a refusal, not a bucket of its own.
 */
export function refuseCrossSite(
  server: FastifyInstance,
  events: SecurityEvents,
  isOwnOrigin: OriginCheck,
): void {
  server.addHook('onRequest', (request, reply, done) => {
    if (!isCrossSite(request, isOwnOrigin) || changesNothing(request)) {
      done();
      return;
    }
    // Pages of this service report to their own origin: a report from elsewhere is about no page of ours, and is not read.
    if (request.routeOptions.url === `/${cspReportPath}` && request.method === 'POST') {
      void reply.code(204).send();
      return;
    }
    crossSiteRequestRefused(events, clientContextOf(request));
    done(new Problem('cross_site_refused'));
  });
}

function isCrossSite({ headers }: FastifyRequest, isOwnOrigin: OriginCheck): boolean {
  const { 'sec-fetch-site': site, origin } = headers;
  if (site !== 'cross-site' && site !== 'same-site') return false;
  return origin === undefined || !isOwnOrigin(origin);
}

/** Links to open pages, and pictures by signed links: they are counted nowhere, and no evidence against anybody. */
function changesNothing({ method, url, headers, routeOptions }: FastifyRequest): boolean {
  const route = routeOptions.url;
  if ((method !== 'GET' && method !== 'HEAD') || route === undefined) return false;
  if (headers.origin !== undefined || !plainTarget.test(url)) return false;
  const isNavigation = headers['sec-fetch-mode'] === 'navigate';
  return isBelow(mediaPaths, route) || (isNavigation && isBelow(openPages, route));
}

const isBelow = (paths: readonly string[], route: string): boolean =>
  paths.some((path) => route === path || route.startsWith(`${path}/`));

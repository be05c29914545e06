import type { FastifyInstance } from 'fastify';
import { requestSeconds } from '../../config/policy/operations/metrics.js';
import { traceIdOf } from '../network/trace-id.js';
import type { Durations } from './durations.js';
import type { Metrics } from './metrics.js';

/** By class of status. */
type Series = readonly Durations[];

const classes = ['1xx', '2xx', '3xx', '4xx', '5xx'] as const;
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS'];
/** Label for requests without a route: the requested path is untrusted text. */
const nowhere = 'none';
const otherMethod = 'OTHER';

/**
 * Measures the duration of requests in seconds, by method, route and class of status. The series are created with the
 * routes, not by requests, so that their number is bounded.
 */
export function measureRequests(server: FastifyInstance, metrics: Metrics): void {
  const histogram = metrics.durations(
    'http_server_requests',
    'Seconds from the first byte of a request to the last of its answer.',
    requestSeconds,
  );
  const series = (method: string, route: string): Series =>
    classes.map((status) => histogram.of({ method, route, status }));
  const known = new Map<string, Map<string, Series>>();
  for (const method of [...methods, otherMethod])
    known.set(method, new Map([[nowhere, series(method, nowhere)]]));

  server.addHook('onRoute', ({ url, method }) => {
    for (const one of [method].flat()) known.get(one)?.set(url, series(one, url));
  });
  server.addHook('onResponse', (request, reply, done) => {
    const ofMethod = known.get(request.method) ?? known.get(otherMethod);
    const ofRoute = ofMethod?.get(request.routeOptions.url ?? nowhere) ?? ofMethod?.get(nowhere);
    ofRoute?.[Math.floor(reply.statusCode / 100) - 1]?.observe(reply.elapsedTime / 1000, traceIdOf(request));
    done();
  });
}

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { accessLogPolicy } from '../../../config/policy/operations/access-log.js';
import { noRoute } from '../../network/client-context.js';
import { traceIdOf } from '../../network/trace-id.js';
import type { AccessLog } from '../../observability/access-log.js';
import { redact } from '../../observability/redact.js';
import type { ThreatLevel } from '../../../config/policy/perimeter/threats.js';
import type { Clock } from '../../ports/clock.js';
import type { ThreatLevels } from '../../threats/threat-levels.js';

/** Headers of a detailed line; none of them holds a credential. */
const shown = {
  user_agent: 'user-agent',
  origin: 'origin',
  referer: 'referer',
  content_type: 'content-type',
  content_length: 'content-length',
} as const;

/**
 * Writes one line a request. While the level of its address or user is MEDIUM or higher, the line has details, also when
 * ACCESS_LOG is false.
 */
export function logAccess(
  server: FastifyInstance,
  access: AccessLog,
  levels: ThreatLevels,
  clock: Clock,
): void {
  server.addHook('onResponse', (request, reply, done) => {
    const level = levels.highestOf(request.clientAddress.key, request.caller?.userId);
    const isDetailed = level !== 'LOW' && access.admitDetails(performance.now());
    if (access.isOn || isDetailed)
      access.write(lineOf(request, reply), clock.now(), isDetailed ? detailsOf(request, level) : '');
    done();
  });
}

const lineOf = (request: FastifyRequest, reply: FastifyReply) => ({
  requestId: request.id,
  traceId: traceIdOf(request),
  method: request.method,
  route: request.routeOptions.url ?? noRoute,
  status: reply.statusCode,
  ms: reply.elapsedTime,
});

function detailsOf(request: FastifyRequest, level: ThreatLevel): string {
  const fields: Record<string, unknown> = {
    threat_level: level,
    source_ip: request.clientAddress.ip,
    user_id: request.caller?.userId,
    query_names: Object.keys(request.query ?? {}).length,
  };
  for (const [name, header] of Object.entries(shown)) {
    const value = request.headers[header];
    if (value !== undefined) fields[name] = shorten(redact(value, accessLogPolicy.headerCharacters));
  }
  return `${JSON.stringify(fields).slice(1, -1)},`;
}

/** A referring page's query may hold what its site keeps secret, and a long run of letters may be a secret of any kind. */
const shorten = (text: string): string => text.replace(/[?#]\S*/g, '').replace(/[\w+=-]{32,}/g, '[long]');

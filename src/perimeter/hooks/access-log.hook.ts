import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { accessLogPolicy } from '../../../config/policy/operations/observability/access-log.js';
import { noRoute } from '../../network/client-context.js';
import { traceIdOf } from '../../network/trace-id.js';
import type { AccessLog } from '../../observability/access-log.js';
import { redactWithin } from '../../redaction/redactor.js';
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
  server.decorate('noteAccess', (request: FastifyRequest, reply: FastifyReply) => {
    if (access.isOn) access.write(clock.now(), fieldsOf(request, reply));
  });
  server.addHook('onResponse', (request, reply, done) => {
    const level = levels.highestOf(request.clientAddress.key, request.caller?.userId);
    // Whoever is blocked is refused before any work: the block says it all.
    const isBlocked = level === 'CRITICAL' && reply.statusCode === 403;
    const isDetailed = level !== 'LOW' && !isBlocked && access.admitDetails(performance.now());
    if (access.isOn || isDetailed)
      access.write(clock.now(), fieldsOf(request, reply) + (isDetailed ? detailsOf(request, level) : ''));
    done();
  });
}

/** None of them needs escaping: ids, a method and a route template of ours, numbers. */
const fieldsOf = (request: FastifyRequest, reply: FastifyReply): string =>
  `"request_id":"${request.id}","trace_id":"${traceIdOf(request)}","method":"${request.method}",` +
  `"route":"${request.routeOptions.url ?? noRoute}","status":${reply.statusCode},"ms":${Math.round(reply.elapsedTime * 10) / 10}`;

function detailsOf(request: FastifyRequest, level: ThreatLevel): string {
  const fields: Record<string, unknown> = {
    threat_level: level,
    source_ip: request.clientAddress.ip,
    user_id: request.caller?.userId,
    query_names: Object.keys(request.query ?? {}).length,
  };
  for (const [name, header] of Object.entries(shown)) {
    const value = request.headers[header];
    if (value !== undefined) fields[name] = shorten(redactWithin(value, accessLogPolicy.headerCharacters));
  }
  return `,${JSON.stringify(fields).slice(1, -1)}`;
}

/** A referring page's query may hold what its site keeps secret, and a long run of letters may be a secret of any kind. */
const shorten = (text: string): string => text.replace(/[?#]\S*/g, '').replace(/[\w+=-]{32,}/g, '[long]');

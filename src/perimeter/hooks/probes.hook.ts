import type { FastifyInstance, FastifyRequest } from 'fastify';
import { attackTools, honeypotPaths, rememberedAgents } from '../../../config/policy/perimeter/probes.js';
import { notFoundFlood } from '../../../config/policy/perimeter/threats.js';
import type { SecurityEvents } from '../../observability/security-events.js';
import type { Clock } from '../../ports/clock.js';
import { BoundedCache, memoize } from '../../cache/bounded-cache.js';
import { pathOf } from '../http/request-path.js';
import { noteMaliciousText } from './malicious-text.js';
import { clientContextOf } from '../../network/client-context.js';
import {
  attackToolSeen,
  foreignOriginSeen,
  honeypotRequested,
  unknownPathsFlooded,
} from '../perimeter.events.js';

/** Whether an origin is one of ours, or allowed by the configuration. */
export type OriginCheck = (origin: string) => boolean;

const agentPattern = new RegExp(`(?:^|[^a-z])(?:${attackTools.join('|')})(?:[^a-z]|$)`, 'i');

/** Records behaviour of scanners: attack tools, honeypots, floods of unknown paths, foreign origins. */
export function detectProbes(
  server: FastifyInstance,
  events: SecurityEvents,
  isOwnOrigin: OriginCheck,
  clock: Clock,
): void {
  const isAttackTool = memoize(rememberedAgents, (agent) =>
    agentPattern.test(agent.slice(0, rememberedAgents.characters)),
  );
  const unknownPaths = new UnknownPaths(clock);

  server.decorateRequest('isInspected', false);

  server.addHook('onRequest', (request, _reply, done) => {
    const { 'user-agent': agent, origin } = request.headers;
    if (agent !== undefined && isAttackTool(agent)) {
      attackToolSeen(events, clientContextOf(request));
    }
    if (origin !== undefined && !isOwnOrigin(origin)) {
      foreignOriginSeen(events, clientContextOf(request));
    }
    if (request.is404) {
      noteUnknownPath(request);
      // Unknown paths do not reach the detection guard.
      noteMaliciousText(request, events, { prompt: false, body: false });
    }
    done();
  });

  // A request without valid credentials does not reach the detection guard either.
  server.addHook('onResponse', (request, reply, done) => {
    if (reply.statusCode === 401 && !request.isInspected)
      noteMaliciousText(request, events, { prompt: false, body: true });
    done();
  });

  function noteUnknownPath(request: FastifyRequest): void {
    if (isHoneypot(pathOf(request.url))) {
      honeypotRequested(events, clientContextOf(request));
    }
    if (unknownPaths.floods(request.clientAddress.key)) {
      unknownPathsFlooded(events, clientContextOf(request));
    }
  }
}

/** `;` begins parameters for the servers that such scans look for. */
function isHoneypot(path: string): boolean {
  const [lower = ''] = path.toLowerCase().split(';', 1);
  return honeypotPaths.some((trap) => lower === trap || lower.startsWith(`${trap}/`));
}

/** Counts unknown paths by address; true once for each flood. */
class UnknownPaths {
  private readonly counts = new BoundedCache<{ count: number; since: number }>(notFoundFlood.maxAddresses);

  constructor(private readonly clock: Clock) {}

  floods(address: string): boolean {
    const now = this.clock.monotonic();
    const known = this.counts.get(address);
    if (known === undefined || now - known.since > notFoundFlood.windowSeconds * 1000) {
      this.counts.set(address, { count: 1, since: now });
      return false;
    }
    return ++known.count === notFoundFlood.count;
  }
}

import type { FastifyInstance, FastifyRequest } from 'fastify';
import { attackTools, honeypotPaths, rememberedAgents } from '../../../config/policy/perimeter/probes.js';
import { notFoundFlood } from '../../../config/policy/perimeter/threats.js';
import type { SecurityEvent, SecurityEvents } from '../../observability/security-events.js';
import type { Clock } from '../../ports/clock.js';
import { BoundedCache } from '../../cache/bounded-cache.js';
import { pathOf } from '../http/request-path.js';
import { noteMaliciousText } from './malicious-text.js';

/** Whether an origin is one of ours, or allowed by the configuration. */
export type OriginCheck = (origin: string) => boolean;

const agentPattern = new RegExp(`(?:^|[^a-z])(?:${attackTools.join('|')})(?:[^a-z]|$)`, 'i');

/** Notes what ordinary clients do not do: attack tools, honeypots, floods of unknown paths, foreign origins. */
export function detectProbes(
  server: FastifyInstance,
  events: SecurityEvents,
  isOwnOrigin: OriginCheck,
  clock: Clock,
): void {
  const tools = new BoundedCache(rememberedAgents, (agent) =>
    agentPattern.test(agent.slice(0, rememberedAgents.characters)),
  );
  const unknownPaths = new UnknownPaths(clock);

  server.addHook('onRequest', (request, _reply, done) => {
    const { 'user-agent': agent, origin } = request.headers;
    if (agent !== undefined && tools.get(agent)) {
      note(events, request, {
        event: 'malicious_attack_tool',
        level: 'MEDIUM',
        text: 'PROBE attack tool',
        signal: 'attack_tool',
      });
    }
    if (origin !== undefined && !isOwnOrigin(origin)) {
      note(events, request, {
        event: 'malicious_cors',
        level: 'LOW',
        text: 'PROBE foreign origin',
        signal: 'cors_violation',
        response: 'no_cors_headers',
      });
    }
    if (request.is404) {
      noteUnknownPath(request);
      // No guard will look at it.
      noteMaliciousText(request, events, { prompt: false });
    }
    done();
  });

  function noteUnknownPath(request: FastifyRequest): void {
    if (isHoneypot(pathOf(request.url))) {
      note(events, request, {
        event: 'malicious_extraneous',
        level: 'MEDIUM',
        text: 'PROBE honeypot',
        // Any page may make a visitor's browser ask for this, and only browsers say so.
        ...(isDriveBy(request) ? {} : { signal: 'honeypot' }),
        response: 'not_found',
      });
    }
    if (unknownPaths.floods(request.clientAddress.key)) {
      note(events, request, {
        event: 'malicious_excess_404',
        level: 'MEDIUM',
        text: 'PROBE flood of unknown paths',
        signal: 'not_found_flood',
        response: 'not_found',
      });
    }
  }
}

type Finding = Pick<SecurityEvent, 'event' | 'level' | 'text' | 'signal'> & { readonly response?: string };

function note(events: SecurityEvents, { clientAddress, id }: FastifyRequest, finding: Finding): void {
  events.record({ response: 'logged', ...finding, sourceIp: clientAddress.ip, requestId: id });
}

function isDriveBy({ headers }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site'];
  return site === 'cross-site' || site === 'same-site';
}

function isHoneypot(path: string): boolean {
  const lower = path.toLowerCase();
  return honeypotPaths.some((trap) => lower === trap || lower.startsWith(`${trap}/`));
}

/** Counts unknown paths by address; true once for each flood. */
class UnknownPaths {
  private readonly counts = new Map<string, { count: number; since: number }>();

  constructor(private readonly clock: Clock) {}

  floods(address: string): boolean {
    const now = this.clock.now();
    const known = this.counts.get(address);
    if (known === undefined || now - known.since > notFoundFlood.windowSeconds * 1000) {
      if (this.counts.size >= notFoundFlood.maxAddresses) this.counts.clear();
      this.counts.set(address, { count: 1, since: now });
      return false;
    }
    return ++known.count === notFoundFlood.count;
  }
}

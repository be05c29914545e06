import { isLoopbackHost } from '../../../config/values/network-address.js';
import { eventThrottlePolicy } from '../../../config/policy/operations/security-events.js';
import {
  controlIds,
  controls,
  isControlId,
  type ControlId,
} from '../../features/controls/catalogue/controls.js';
import type { RecordedFacts } from '../../features/controls/facts/outside-facts.js';
import {
  judge,
  printable,
  statuses,
  type Places,
  type Result,
} from '../../features/controls/judging/judge.js';
import { lookAt, type Looks } from '../../features/controls/judging/seen.js';
import { CommandFailed } from '../command.js';
import { checkoutLooks } from './checkout-looks.js';
import { outsideLooks } from './outside-looks.js';
import type { LogSearch } from './log-store.js';
import { objectOf, Prober } from './probe.js';
import type { Session } from './session.js';

export interface Audit {
  readonly address: string;
  readonly at: Date;
  readonly results: ReadonlyMap<ControlId, Result>;
  /** As the service has recorded it; null without a sign-in. */
  readonly head: AuditHead | null;
}

export interface AuditHead {
  /** Null when none was recorded. */
  readonly lastAudit: string | null;
  readonly reviewer: string | null;
  readonly nextReview: string;
}

/** The address is none of this service, or does not answer. */
class NotOurs extends CommandFailed {
  override readonly name = 'NotOurs';
}

/** How long an event may take until it is stored, and between two looks: well within the limit of administrators. Milliseconds. */
const [eventsLateMs, askAgainMs] = [15_000, 4000];
const expectedEvents = [
  'malicious_cors',
  'authz_fail',
  'malicious_sqli',
  'excess_rate_limit_exceeded',
] as const;

/**
 * Looks from outside, at the checkout at `root` and, with a session, from inside and where the log is collected; `say` tells how far
 * it is.
 * @throws CommandFailed when the service refuses the session
 */
export async function auditOf(
  prober: Prober,
  session: Session | null,
  root: string | null,
  logs: LogSearch | null,
  say: (line: string) => void,
): Promise<Audit> {
  const at = new Date();
  const outside = await lookAt(outsideLooks(prober), (name, number, of) => {
    say(
      `${String(number)} of ${String(of)}: ${name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)}`,
    );
  });
  const places: Places = {
    outside,
    ...(session === null ? {} : { recorded: await lookAt(recordedLooks(session, prober, at, logs, say)) }),
    ...(root === null ? {} : { checkout: await lookAt(checkoutLooks(root)) }),
  };
  if (session !== null) say('reading what the service sees of itself');
  const inside = session === null ? null : await session.get('/admin/controls');
  const told = inside === null ? null : resultsOf(inside);
  return {
    address: prober.address.origin,
    at,
    results: new Map(controlIds.map((id) => [id, resultOf(id, places, told)])),
    head: inside === null ? null : headOf(inside),
  };
}

function resultOf(id: ControlId, places: Places, told: ReadonlyMap<ControlId, Result> | null): Result {
  const { by } = controls[id].check;
  const isOfService = by === 'inside' || by === 'attestation';
  if (told === null && isOfService)
    return { id, status: 'not_looked_at', evidence: 'it takes the sign-in of an administrator' };
  if (isOfService)
    return (
      told?.get(id) ?? { id, status: 'fail', evidence: 'the service does not know this control: it is older' }
    );
  return judge(id, places) ?? { id, status: 'fail', evidence: 'it cannot be judged' };
}

/** @throws NotOurs when what answers is none, or nothing does */
export async function requireOurs(prober: Prober): Promise<void> {
  let answer;
  try {
    answer = await prober.ask({ method: 'GET', path: '/health' });
  } catch (error) {
    throw new NotOurs(
      `${prober.address.origin} does not answer: ${error instanceof Error ? error.message : ''}`,
    );
  }
  const { status, headers, body } = answer;
  if (status >= 300 && status < 400)
    throw new NotOurs(
      `${prober.address.origin} redirects to ${printable(headers['location'] ?? 'nowhere')}: give that address`,
    );
  const value = objectOf(body);
  if (typeof value['uptime_s'] !== 'number' || typeof value['ai_status'] !== 'string')
    throw new NotOurs(
      `${prober.address.origin} is no Velro: its /health answers ${String(status)} with something else`,
    );
}

/** The lines that the audit has made the service write are looked for where it stores its events, and where its log is collected. */
function recordedLooks(
  session: Session,
  prober: Prober,
  at: Date,
  logs: LogSearch | null,
  say: (line: string) => void,
): Looks<RecordedFacts> {
  let recorded: Promise<Recorded> | undefined;
  const events = (): Promise<Recorded> => (recorded ??= recordedEvents(session, prober, at));
  return {
    isLocal: () => prober.address.protocol === 'http:' && isLoopbackHost(prober.address.hostname),
    events: async () => (await events()).names,
    logStore: async () => {
      if (logs === null) return { isGiven: false, foundAfterMs: null };
      say('looking for a line of this audit where the log is collected');
      return logs.find((await events()).requestIds);
    },
  };
}

interface Recorded {
  readonly names: readonly string[];
  /** Of some of the requests whose events these are. */
  readonly requestIds: readonly string[];
}

/**
 * The events about requests of this audit: waits until those that are expected are stored. Where another audit from the same
 * address made equal events within a minute, they stand for its own, and the first of another minute come at its end.
 */
async function recordedEvents(session: Session, { requestIds }: Prober, from: Date): Promise<Recorded> {
  const since = new Date(from.getTime() - eventThrottlePolicy.quietMs).toISOString();
  const until = performance.now() + eventThrottlePolicy.quietMs + eventsLateMs;
  const found = new Map<string, string>();
  const addresses = new Set<unknown>();
  for (;;) {
    for (const name of expectedEvents.filter((one) => !found.has(one))) {
      const { data } = await session.get(`/admin/security/events?event=${name}&limit=200&since=${since}`);
      for (const event of Array.isArray(data) ? (data as Record<string, unknown>[]) : []) {
        const { request_id: id, source_ip: address } = event;
        if (typeof id !== 'string') continue;
        if (requestIds.has(id)) addresses.add(address);
        if (addresses.has(address)) found.set(name, id);
      }
    }
    if (found.size === expectedEvents.length || performance.now() > until)
      return { names: [...found.keys()], requestIds: [...found.values()] };
    await new Promise((resolve) => setTimeout(resolve, askAgainMs));
  }
}

function resultsOf({ controls: listed }: Record<string, unknown>): ReadonlyMap<ControlId, Result> {
  const results = new Map<ControlId, Result>();
  for (const one of Array.isArray(listed) ? (listed as Record<string, unknown>[]) : []) {
    const { id, status, evidence } = one;
    if (typeof id !== 'string' || !isControlId(id) || typeof evidence !== 'string') continue;
    // What it is instead is no status: the service lies, or is another version.
    const known = statuses.find((name) => name === status) ?? 'fail';
    results.set(id, { id, status: known, evidence: printable(evidence) });
  }
  return results;
}

/** Of the answer of `/admin/controls`. */
export function headOf({ last_audit: last, audit_due_at: due }: Record<string, unknown>): AuditHead {
  const { at, reviewer_id: reviewer } = (typeof last === 'object' && last !== null ? last : {}) as Record<
    string,
    unknown
  >;
  return {
    lastAudit: typeof at === 'string' ? at : null,
    reviewer: typeof reviewer === 'string' ? reviewer : null,
    nextReview: typeof due === 'string' ? due : '',
  };
}

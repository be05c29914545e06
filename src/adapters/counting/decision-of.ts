import type { Decision } from '../../ports/counters.js';

/** A decision from each bucket's room in hits, and the microseconds until a hit expires or a token is refilled. */
export function decisionOf(rooms: readonly number[], waits: readonly number[], receipt: string): Decision {
  const allowed = rooms.every((room) => room > 0);
  const verdicts = rooms.map((room, at) => ({
    allowed: room > 0,
    remaining: allowed ? room - 1 : room,
    resetSeconds: Math.max(1, Math.ceil((waits[at] ?? 0) / 1e6)),
  }));
  return { allowed, verdicts, receipt: allowed ? receipt : '' };
}

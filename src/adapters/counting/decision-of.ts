import type { Decision } from '../../ports/counters.js';

/** A decision from how many hits each bucket had room for, and after how many microseconds something comes back. */
export function decisionOf(rooms: readonly number[], waits: readonly number[], receipt: string): Decision {
  const allowed = rooms.every((room) => room > 0);
  const verdicts = rooms.map((room, at) => ({
    allowed: room > 0,
    remaining: allowed ? room - 1 : room,
    resetSeconds: Math.max(1, Math.ceil((waits[at] ?? 0) / 1e6)),
  }));
  return { allowed, verdicts, receipt: allowed ? receipt : '' };
}

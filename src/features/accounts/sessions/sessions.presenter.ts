import type { Caller } from '../../../guards/route/caller.js';
import type { SessionsResponse } from './sessions.dto.js';
import type { Session } from './sessions.service.js';

/** Sessions as shown to their owner and to administrators. */
export function toSessionList(sessions: readonly Session[], caller: Caller): SessionsResponse {
  return {
    data: sessions.map((session) => ({
      id: session.id,
      current: session.id === caller.sessionId,
      created_at: session.createdAt.toISOString(),
      last_used_at: session.lastUsedAt.toISOString(),
      device: session.device,
      address: maskAddress(session.address),
    })),
  };
}

/** Truncated: identifies the network, not the host. */
function maskAddress(address: string): string {
  if (address.includes(':')) return `${address.split(':').slice(0, 3).join(':')}::*`;
  return `${address.slice(0, address.lastIndexOf('.'))}.*`;
}

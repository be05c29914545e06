import { ApiProperty } from '@nestjs/swagger';
import type { Caller } from '../../../guards/route/caller.js';
import type { Session } from './sessions.service.js';

export class SessionItem {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ description: 'Whether this is the session that asks.' }) current!: boolean;
  @ApiProperty({ format: 'date-time' }) created_at!: string;
  @ApiProperty({ format: 'date-time' }) last_used_at!: string;
  @ApiProperty({ description: 'What the client said of itself.' }) device!: string;
  @ApiProperty({ description: 'The network it was last refreshed from; its last part is hidden.' })
  address!: string;
}

export class SessionsResponse {
  @ApiProperty({ type: [SessionItem] }) data!: SessionItem[];
}

/** As their owner and administrators see them. */
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

/** Enough to recognise the network, not enough to find a person in it. */
function maskAddress(address: string): string {
  if (address.includes(':')) return `${address.split(':').slice(0, 3).join(':')}::*`;
  return `${address.slice(0, address.lastIndexOf('.'))}.*`;
}

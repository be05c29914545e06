import { canonicalAddress } from '../../network/client-address.js';
import type { Block } from '../../threats/blocks.repository.js';
import type {
  AddBlockRequest,
  BlockResponse,
  ListEventsQuery,
  PostureResponse,
  SecurityEventResponse,
  TestAlertResponse,
} from './security.dto.js';
import type { EventFilter, KeptEvent } from './events/security-events.repository.js';
import type { BlockOrder } from './blocks/blocks.service.js';
import type { StoredTestAlert } from './alerts/alert.service.js';
import type { Posture } from './posture/posture.service.js';

export const toFilter = (query: ListEventsQuery): EventFilter => ({
  event: query.event ?? null,
  level: query.level ?? null,
  userId: query.user_id ?? null,
  sourceIp: query.source_ip === undefined ? null : canonicalAddress(query.source_ip),
  account: query.account ?? null,
  since: query.since === undefined ? null : new Date(query.since),
  until: query.until === undefined ? null : new Date(query.until),
});

export const toOrder = ({ address, user_id, minutes, reason }: AddBlockRequest): BlockOrder => ({
  address,
  userId: user_id ?? null,
  minutes,
  reason: reason ?? null,
});

export const toEvent = (event: KeptEvent): SecurityEventResponse => ({
  id: event.id,
  at: event.at.toISOString(),
  event: event.event,
  level: event.level,
  text: event.text,
  source_ip: event.sourceIp ?? null,
  user_id: event.userId ?? null,
  account: event.account ?? null,
  request_id: event.requestId ?? null,
  trace_id: event.traceId ?? null,
  method: event.method ?? null,
  route: event.route ?? null,
  instance: event.instance ?? null,
  suppressed: event.suppressed ?? 0,
  response: event.response,
  attack: event.attack ?? null,
  details: event.details ?? {},
});

export const toBlock = (block: Block): BlockResponse => ({
  id: block.id,
  address: block.address,
  user_id: block.userId,
  reason: block.attack,
  signals: block.signals,
  score: block.score,
  made_by: block.madeBy,
  created_at: block.createdAt.toISOString(),
  expires_at: block.expiresAt.toISOString(),
});

export const toPosture = (posture: Posture): PostureResponse => ({
  mode: posture.mode,
  levels: posture.levels,
  blocks_in_force: posture.blocksInForce,
  events_24h: posture.events.map(({ event, level, count }) => ({ event, level, count })),
  alerts: posture.alertReceivers.includes('webhook') ? 'webhook' : 'nowhere',
  alert_receivers: [...posture.alertReceivers],
  controls: { ...posture.controls },
});

export const toTestAlert = ({ id, receivers }: StoredTestAlert): TestAlertResponse => ({
  alert_id: id,
  receivers: [...receivers],
});

import type { FastifyRequest } from 'fastify';
import { deviceTokenOf } from '../../../guards/token/device-token.js';
import type { Visitor } from '../sessions/sessions.service.js';

/** From where a request comes, as sessions and events know it. */
export const visitorOf = (request: FastifyRequest): Visitor => ({
  ip: request.clientAddress.ip,
  device: request.headers['user-agent'] ?? 'unknown',
  requestId: request.id,
  deviceToken: deviceTokenOf(request),
});

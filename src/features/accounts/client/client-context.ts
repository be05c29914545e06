import type { FastifyRequest } from 'fastify';
import { deviceTokenOf } from '../../../guards/token/device-token.js';
import type { ClientContext } from '../sessions/sessions.service.js';

/** From where a request comes, as sessions and events know it. */
export const clientContextOf = (request: FastifyRequest): ClientContext => ({
  ip: request.clientAddress.ip,
  device: request.headers['user-agent'] ?? 'unknown',
  requestId: request.id,
  deviceToken: deviceTokenOf(request),
});

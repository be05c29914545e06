import type { FastifyReply } from 'fastify';
import { streamPolicy } from '../../../config/policy/generations/streams.js';

/**
 * Begins an answer of server-sent events and returns the raw response, into which they are written from then on. Comments keep the
 * connection alive until it closes.
 */
export function beginEvents(
  reply: FastifyReply,
  headers: Readonly<Record<string, string>> = {},
): FastifyReply['raw'] {
  const { raw } = reply;
  // Copies the headers that the perimeter set: from here on the raw response bypasses Fastify.
  for (const [name, value] of Object.entries(reply.getHeaders()))
    if (value !== undefined) raw.setHeader(name, value);
  reply.hijack();
  raw.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'x-accel-buffering': 'no',
    ...headers,
  });
  raw.flushHeaders();
  const heartbeat = setInterval(() => {
    if (!raw.writableNeedDrain) raw.write(': still here\n\n');
  }, streamPolicy.heartbeatMs);
  raw.on('error', () => undefined);
  // The client may have disconnected before the listener was added.
  if (raw.destroyed) clearInterval(heartbeat);
  else
    raw.once('close', () => {
      clearInterval(heartbeat);
    });
  return raw;
}

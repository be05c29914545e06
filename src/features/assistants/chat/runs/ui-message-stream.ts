import type { FastifyReply } from 'fastify';
import { chatPolicy } from '../../../../../config/policy/assistants/chat.js';
import { streamPolicy } from '../../../../../config/policy/generations/streams.js';
import type { Follower } from './chat-run.js';
import type { StreamPart } from './stream-part.js';

/**
 * An answer as server-sent events, each a part of the AI SDK's UI message stream, closed by `[DONE]`. A client that does not read
 * is disconnected: it may come back to the answer.
 */
export class UiMessageStream implements Follower {
  private readonly raw: FastifyReply['raw'];
  private readonly heartbeat: NodeJS.Timeout;

  constructor(reply: FastifyReply) {
    this.raw = reply.raw;
    // Copies the headers that the perimeter set: from here on the raw response bypasses Fastify.
    for (const [name, value] of Object.entries(reply.getHeaders()))
      if (value !== undefined) this.raw.setHeader(name, value);
    reply.hijack();
    this.raw.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'x-vercel-ai-ui-message-stream': 'v1',
      'x-accel-buffering': 'no',
    });
    this.raw.flushHeaders();
    this.heartbeat = setInterval(() => {
      if (!this.raw.writableNeedDrain) this.raw.write(': still here\n\n');
    }, streamPolicy.heartbeatMs);
    this.raw.on('error', () => undefined);
    this.raw.once('close', () => {
      clearInterval(this.heartbeat);
    });
    if (this.raw.destroyed) clearInterval(this.heartbeat);
  }

  get isOpen(): boolean {
    return !this.raw.destroyed && !this.raw.writableEnded;
  }

  onClose(callback: () => void): void {
    if (this.raw.destroyed) callback();
    else this.raw.once('close', callback);
  }

  part(part: StreamPart): void {
    if (!this.isOpen) return;
    this.raw.write(`data: ${JSON.stringify(part)}\n\n`);
    if (this.raw.writableLength > chatPolicy.unreadBytes) this.raw.destroy();
  }

  end(): void {
    if (this.isOpen) this.raw.end('data: [DONE]\n\n');
  }

  /** Without `[DONE]`: the client comes back, if it may. */
  cut(): void {
    if (this.isOpen) this.raw.end();
  }
}

import type { FastifyReply } from 'fastify';
import { chatPolicy } from '../../../../../config/policy/assistants/chat.js';
import { beginEvents } from '../../../../perimeter/output/server-sent-events.js';
import type { Follower } from './chat-run.js';
import type { StreamPart } from './stream-part.js';

/**
 * An answer as server-sent events, each a part of the AI SDK's UI message stream, closed by `[DONE]`. A client that does not read
 * is disconnected: it may come back to the answer.
 */
export class UiMessageStream implements Follower {
  private readonly raw: FastifyReply['raw'];

  constructor(reply: FastifyReply) {
    this.raw = beginEvents(reply, { 'x-vercel-ai-ui-message-stream': 'v1' });
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

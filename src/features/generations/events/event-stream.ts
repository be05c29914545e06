import type { FastifyReply } from 'fastify';
import { beginEvents } from '../../../perimeter/output/server-sent-events.js';
import { streamPolicy } from '../../../../config/policy/generations/streams.js';

/** Server-sent events on one answer. Back-pressure: while the client does not read, only the latest event is kept. */
export class EventStream {
  private readonly raw: FastifyReply['raw'];
  private waiting: string | null = null;
  private ended = false;
  private ending = false;

  /** `sent`: id of the last event that the client has received. */
  constructor(
    reply: FastifyReply,
    private sent: number,
  ) {
    this.raw = beginEvents(reply);
    this.raw.write(`retry: ${streamPolicy.retryMs}\n\n`);
    this.raw.on('drain', () => {
      this.flush();
    });
    const end = (): void => {
      this.ended = true;
    };
    // The client may have disconnected before the listener was added.
    if (this.raw.destroyed) end();
    else this.raw.once('close', end);
  }

  onEnd(callback: () => void): void {
    if (this.ended || this.raw.destroyed) callback();
    else this.raw.once('close', callback);
  }

  send(id: number, event: string, data: unknown): void {
    if (this.ended || this.ending || id <= this.sent) return;
    this.sent = id;
    this.waiting = `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
    if (!this.raw.writableNeedDrain) this.flush();
  }

  /** Ends the response after the waiting event is written. */
  end(): void {
    if (this.ended || this.ending) return;
    this.ending = true;
    if (this.waiting === null) this.raw.end();
    // Timeout for a client that does not read its last event.
    else setTimeout(() => this.raw.destroy(), streamPolicy.heartbeatMs).unref();
  }

  private flush(): void {
    if (this.waiting !== null) this.raw.write(this.waiting);
    this.waiting = null;
    if (this.ending) this.raw.end();
  }
}

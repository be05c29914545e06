import { asConnectionError } from '../calls/attempt.js';
import { toFailure } from '../calls/failure.js';
import { VelroConnectionError } from '../errors.js';
import { EventParser, EventTooLarge, type RawEvent } from './event-parser.js';
import type { StreamPolicy } from './stream-policy.js';

/** Opens the stream after the event of this id; rejects where the service refuses. */
export type Connect = (lastId: string, signal: AbortSignal) => Promise<Response>;

/** One connection of an event stream. */
export class Connection {
  /** Whether the service has said that there is nothing more to come (204). */
  isOver = false;
  retryMs: number | null = null;
  /** Whether anything came of the stream itself: an event, a part of one, a comment. */
  hasReceived = false;
  private readonly own = new AbortController();
  private readonly signal: AbortSignal;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly connect: Connect;
  private readonly policy: StreamPolicy;

  constructor(connect: Connect, policy: StreamPolicy, signal: AbortSignal | null) {
    this.connect = connect;
    this.policy = policy;
    this.signal = signal === null ? this.own.signal : AbortSignal.any([signal, this.own.signal]);
  }

  /**
   * The events after the one of this id, until the service ends the stream.
   * @throws VelroError, VelroResponseError, VelroConnectionError, and the reason of an aborted signal
   */
  async *events(lastId: string): AsyncGenerator<RawEvent> {
    try {
      this.expectWithin(this.policy.answerMs);
      const response = await this.connect(lastId, this.signal);
      this.isOver = response.status === 204;
      if (this.isOver || response.body === null) return;
      if (response.headers.get('content-type')?.startsWith('text/event-stream') !== true)
        throw toFailure(response, '', '');
      yield* this.read(response, response.body.getReader(), lastId);
    } catch (error) {
      throw asConnectionError(error, this.signal);
    } finally {
      clearTimeout(this.timer);
      // Closes the connection where the caller has seen enough.
      this.own.abort();
    }
  }

  private async *read(
    response: Response,
    reader: ReadableStreamDefaultReader<Uint8Array>,
    lastId: string,
  ): AsyncGenerator<RawEvent> {
    const parser = new EventParser(this.policy.eventLength, lastId);
    for (;;) {
      this.expectWithin(this.policy.silenceMs);
      const { done, value } = await reader.read();
      if (done) return;
      this.hasReceived = true;
      clearTimeout(this.timer);
      try {
        for (const event of parser.push(value)) yield event;
      } catch (error) {
        throw error instanceof EventTooLarge ? toFailure(response, error.message, '') : error;
      }
      this.retryMs = parser.retryMs;
    }
  }

  /** Breaks the connection unless something comes. The time that the caller takes for an event does not count. */
  private expectWithin(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.own.abort(new VelroConnectionError(new Error(`nothing came for ${ms} ms`)));
    }, ms);
  }
}

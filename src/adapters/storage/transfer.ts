import { Readable } from 'node:stream';

/** Timeouts in milliseconds: without progress, and from the first byte to the receiver's response. */
export interface TransferLimits {
  readonly silenceMs: number;
  readonly wholeMs: number;
}

export const transferLimits: TransferLimits = { silenceMs: 60_000, wholeMs: 1_800_000 };

/** Upload of a body into the storage: streamed with back-pressure, and with timeouts. */
export class Transfer {
  private readonly ended = new AbortController();
  private readonly silence: NodeJS.Timeout;
  private readonly whole: NodeJS.Timeout;
  private isReading = false;
  private failure: Error | null = null;

  constructor(
    private readonly body: Uint8Array | Readable,
    limits: TransferLimits,
  ) {
    this.silence = setTimeout(() => {
      const error = new Error('the transfer stood still');
      if (this.isReading) this.failure = error;
      this.end(error);
    }, limits.silenceMs);
    this.whole = setTimeout(() => {
      this.end(new Error('the transfer took too long'));
    }, limits.wholeMs);
    // A stream that fails before it is read must fail its first read, not end the process.
    if (body instanceof Readable) body.on('error', () => undefined);
  }

  /** Aborted once a timeout has passed. */
  get signal(): AbortSignal {
    return this.ended.signal;
  }

  /** The body's own error, more specific than the receiver's; null when it had none. A body that stood still has one. */
  get fault(): Error | null {
    return this.failure;
  }

  async *pieces(): AsyncGenerator<Uint8Array> {
    if (!(this.body instanceof Readable)) {
      yield this.body;
      return;
    }
    this.isReading = true;
    try {
      for await (const piece of this.body as AsyncIterable<Uint8Array>) {
        this.silence.refresh();
        this.isReading = false;
        yield piece;
        this.isReading = true;
      }
    } catch (error) {
      // A receiver that gives up ends the loop without an error, though the body then has one.
      if (!this.signal.aborted) this.failure = toError(error);
      throw error;
    }
    this.isReading = false;
    this.silence.refresh();
  }

  /** Must always be called: destroys the body and clears the timers. */
  close(): void {
    clearTimeout(this.silence);
    clearTimeout(this.whole);
    if (this.body instanceof Readable) this.body.destroy();
  }

  private end(error: Error): void {
    this.ended.abort(error);
    if (this.body instanceof Readable) this.body.destroy(error);
  }
}

const toError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)));

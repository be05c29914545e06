import { Readable } from 'node:stream';

/** Milliseconds that a body may take: without a byte moving, and from its first byte to the receiver's answer. */
export interface TransferLimits {
  readonly silenceMs: number;
  readonly wholeMs: number;
}

export const transferLimits: TransferLimits = { silenceMs: 60_000, wholeMs: 1_800_000 };

/** A body on its way into the storage: piece by piece, at the receiver's pace, and never waited for without an end. */
export class Transfer {
  private readonly ended = new AbortController();
  private readonly silence: NodeJS.Timeout;
  private readonly whole: NodeJS.Timeout;

  constructor(
    private readonly body: Uint8Array | Readable,
    limits: TransferLimits,
  ) {
    const end = (why: string) => () => {
      this.end(new Error(why));
    };
    this.silence = setTimeout(end('the transfer stood still'), limits.silenceMs);
    this.whole = setTimeout(end('the transfer took too long'), limits.wholeMs);
    // A stream that fails while nobody reads it yet is heard of by the first read, not by the whole process.
    if (body instanceof Readable) body.on('error', () => undefined);
  }

  /** Aborted once a limit is passed. */
  get signal(): AbortSignal {
    return this.ended.signal;
  }

  /** The body's own error, which says more than the receiver's; null when it had none. */
  get fault(): Error | null {
    return this.body instanceof Readable && !this.signal.aborted ? this.body.errored : null;
  }

  async *pieces(): AsyncGenerator<Uint8Array> {
    if (!(this.body instanceof Readable)) {
      yield this.body;
      return;
    }
    for await (const piece of this.body as AsyncIterable<Uint8Array>) {
      this.silence.refresh();
      yield piece;
    }
    this.silence.refresh();
  }

  /** To be called whatever became of it: lets go of the body and of the clock. */
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

import { AnswerTimeout, type ModelPart } from '../../../../ports/assistants/language-model.js';
import { CleanText } from '../../../../ports/assistants/clean-text.js';

/** Milliseconds from the start of the reading. */
export interface AnswerTimes {
  /** To the first text. */
  readonly firstText: number;
  /** From one part to the next once there was text. */
  readonly between: number;
  readonly total: number;
  /** Who waits, in a form that tells callers apart. */
  readonly caller: string;
}

/**
 * Reads an answer part by part and ends it when its time is over or its signal is aborted, also when the adapter does not
 * react to that, and also while nobody reads.
 */
export class AnswerReader {
  private readonly iterator: AsyncIterator<ModelPart>;
  private readonly startedAt = performance.now();
  /** When the next part must be there. */
  private due: number;
  private hasText = false;
  private readonly texts = { text: new CleanText(), reasoning: new CleanText() };
  /** Of tool calls by their ids: several may come at once. */
  private readonly inputs = new Map<string, CleanText>();
  private timer: NodeJS.Timeout | null = null;
  private ended: { readonly cause: unknown } | null = null;
  private fail: ((cause: unknown) => void) | null = null;

  /**
   * @param aborting is aborted when the time is over
   * @param onEnd told once, unless `close` came before: the reading ended because of its time or of an abort
   */
  constructor(
    parts: AsyncIterable<ModelPart>,
    private readonly times: AnswerTimes,
    private readonly aborting: AbortController,
    private readonly onEnd: (cause: unknown) => void,
  ) {
    this.iterator = parts[Symbol.asyncIterator]();
    this.due = this.startedAt + Math.min(times.firstText, times.total);
    aborting.signal.addEventListener('abort', this.onAbort, { once: true });
    // Behind the constructor: whoever made the reader must hold it when it is told of the end.
    if (aborting.signal.aborted) queueMicrotask(this.onAbort);
    else this.wait();
  }

  /** The next part; null at the end. @throws what the model threw, AnswerTimeout, or the abort's reason */
  next(): Promise<ModelPart | null> {
    return new Promise((resolve, reject) => {
      if (this.ended !== null) {
        reject(asError(this.ended.cause));
        return;
      }
      this.fail = reject;
      this.iterator.next().then(
        ({ done, value }) => {
          this.fail = null;
          if (this.ended !== null) return;
          if (done === true) {
            resolve(null);
            return;
          }
          if (value.type !== 'reasoning') this.hasText = true;
          // One timer is moved on by its own end: none is made for each part.
          if (this.hasText)
            this.due = Math.min(performance.now() + this.times.between, this.startedAt + this.times.total);
          resolve('text' in value ? { ...value, text: this.textOf(value).take(value.text) } : value);
        },
        (cause: unknown) => {
          this.fail = null;
          reject(asError(cause));
        },
      );
    });
  }

  /** Ends the call at the provider, if it runs still. */
  close(): void {
    this.settle();
    this.iterator.return?.().catch(() => undefined);
  }

  private textOf(part: Extract<ModelPart, { readonly text: string }>): CleanText {
    if (part.type !== 'tool-input') return this.texts[part.type];
    const known = this.inputs.get(part.id) ?? new CleanText();
    this.inputs.set(part.id, known);
    return known;
  }

  private readonly onAbort = (): void => {
    this.end(this.aborting.signal.reason);
  };

  private wait(): void {
    const leftMs = Math.max(0, this.due - performance.now());
    this.timer = setTimeout(() => {
      if (performance.now() < this.due) this.wait();
      else this.aborting.abort(new AnswerTimeout(this.times.caller));
    }, Math.ceil(leftMs));
  }

  private end(cause: unknown): void {
    if (this.ended !== null) return;
    this.ended = { cause };
    this.settle();
    this.fail?.(cause);
    this.iterator.return?.().catch(() => undefined);
    this.onEnd(cause);
  }

  private settle(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.aborting.signal.removeEventListener('abort', this.onAbort);
  }
}

const asError = (cause: unknown): Error => (cause instanceof Error ? cause : new Error('aborted'));

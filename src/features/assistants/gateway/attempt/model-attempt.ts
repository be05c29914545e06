import { leastThinking } from '../../../../../config/policy/assistants/models.js';
import { modelCallPolicy } from '../../../../../config/policy/assistants/calls.js';
import {
  AnswerTimeout,
  ModelFailed,
  type LanguageModel,
  type ModelPart,
  type ModelRequest,
  type ModelUsage,
} from '../../../../ports/assistants/language-model.js';
import type { AiCall, AnswerTokens, FallbackReason } from '../ai-call.js';
import { AnswerReader, type AnswerTimes } from './answer-reader.js';
import { keyOfPayer } from '../payer-key.js';
import { estimatedPromptTokens, estimatedTokens } from '../call-price.js';

/** The kill switch was turned off while the call ran. */
export class SwitchedOff extends Error {
  override readonly name = 'SwitchedOff';
  constructor() {
    super('the kill switch is off');
  }
}

/** How an attempt ended: `reason` is null for an answer that was given whole. */
export interface AttemptEnd {
  readonly reason: FallbackReason | 'stopped' | null;
  /** A few fixed words for the log; null without a failure. */
  readonly why: string | null;
  readonly tokens: AnswerTokens;
  /** Whether the provider charges for it. */
  readonly isCharged: boolean;
  readonly firstTextMs: number | null;
  readonly totalMs: number;
}

/** The provider's safety filter left nothing of the answer. */
export const blocked = 'blocked by the safety filter';

/**
 * One question to one provider. Ends once, whatever ends it: its last part, a failure, its time, an abort, or a reader that
 * leaves.
 */
export class ModelAttempt {
  private readonly startedAt = performance.now();
  private readonly reader: AnswerReader;
  private readonly aborting = new AbortController();
  private firstTextMs: number | null = null;
  private written = 0;
  private isEnded = false;
  private readonly stopFollowing: () => void;

  constructor(
    model: LanguageModel,
    private readonly request: ModelRequest,
    times: AnswerTimes,
    signal: AbortSignal | null,
    private readonly onEnd: (end: AttemptEnd) => void,
  ) {
    const follow = (): void => {
      this.aborting.abort(signal?.reason);
    };
    signal?.addEventListener('abort', follow, { once: true });
    this.stopFollowing = () => signal?.removeEventListener('abort', follow);
    if (signal?.aborted === true) follow();
    this.reader = new AnswerReader(
      model.answer(request, this.aborting.signal),
      times,
      this.aborting,
      (cause) => {
        this.end(cause, null);
      },
    );
  }

  abort(cause: Error): void {
    this.aborting.abort(cause);
  }

  /** What came up to the first text or tool call, it included. @throws whatever ended the attempt before; `onEnd` was told then */
  async begin(): Promise<readonly ModelPart[]> {
    const begun: ModelPart[] = [];
    for (;;) {
      const part = await this.read();
      if (part.type === 'end') {
        // Thoughts may have used up all tokens; a safety filter leaves none.
        const why = part.end === 'blocked' ? blocked : 'empty answer';
        this.fail(new ModelFailed('failed', why, true), part.usage);
      }
      const isAnswer = part.type !== 'reasoning';
      if (begun.length < modelCallPolicy.keptParts || isAnswer) begun.push(part);
      if (isAnswer) return begun;
    }
  }

  /** The parts behind the first text; `end` is the last one. @throws whatever ended the attempt before its last part */
  async next(): Promise<ModelPart> {
    const part = await this.read();
    if (part.type !== 'end') return part;
    // What was shown is shown; the end says that it is cut.
    this.finish(null, null, part.usage, true);
    return part;
  }

  /** Nobody reads on. */
  leave(): void {
    if (!this.isEnded) this.finish('stopped', null, null, true);
  }

  /**
   * What is charged for when the provider says nothing: the prompt, and what came of the answer. A model that may have thought is
   * charged at the most it could write, for thoughts are paid and not shown.
   */
  tokensOf(usage: ModelUsage | null): AnswerTokens {
    if (usage !== null) return { ...usage, isEstimated: false };
    return {
      prompt: estimatedPromptTokens(this.request),
      cached: 0,
      // Never more than the model was allowed: no provider charges for that.
      output: mayThink(this.request)
        ? this.request.maxOutputTokens
        : Math.min(this.written, this.request.maxOutputTokens),
      thoughts: 0,
      isEstimated: true,
    };
  }

  private async read(): Promise<ModelPart> {
    let part: ModelPart | null;
    try {
      part = await this.reader.next();
      if (part === null) throw new ModelFailed('failed', 'answer cut off', true);
    } catch (cause) {
      this.end(cause, null);
      throw cause;
    }
    if (part.type !== 'end')
      this.written += estimatedTokens(part.type === 'tool-start' ? part.name : part.text);
    if (part.type !== 'end' && part.type !== 'reasoning') this.firstTextMs ??= this.sinceStart();
    return part;
  }

  private fail(cause: ModelFailed, usage: ModelUsage | null): never {
    this.end(cause, usage);
    throw cause;
  }

  private end(cause: unknown, usage: ModelUsage | null): void {
    if (this.isEnded) return;
    if (cause instanceof ModelFailed) {
      const reason = cause.failure === 'unavailable' ? 'provider_unavailable' : 'ai_error';
      this.finish(reason, cause.why, usage, cause.isCharged);
    } else if (cause instanceof AnswerTimeout) this.finish('ai_timeout', 'time over', usage, true);
    else if (cause instanceof SwitchedOff) this.finish('ai_disabled', 'switched off', usage, true);
    else this.finish('stopped', null, usage, true);
  }

  private finish(
    reason: AttemptEnd['reason'],
    why: string | null,
    usage: ModelUsage | null,
    isCharged: boolean,
  ): void {
    if (this.isEnded) return;
    this.isEnded = true;
    this.stopFollowing();
    this.reader.close();
    // The provider may still be at work on an answer that nobody reads.
    if (reason !== null && !this.aborting.signal.aborted)
      this.aborting.abort(new Error('the call has ended'));
    const tokens = this.tokensOf(usage);
    this.onEnd({ reason, why, tokens, isCharged, firstTextMs: this.firstTextMs, totalMs: this.sinceStart() });
  }

  private sinceStart(): number {
    return Math.round(performance.now() - this.startedAt);
  }
}

/** Times of an attempt that has `leftMs` to its first text, or to its end. */
export const timesOf = (
  { shape, payer }: Pick<AiCall, 'shape' | 'payer'>,
  leftMs: number,
  betweenMs: number,
): AnswerTimes => ({
  caller: keyOfPayer(payer),
  firstText: leftMs,
  ...(shape === 'whole'
    ? { between: leftMs, total: leftMs }
    : { between: betweenMs, total: modelCallPolicy.streamTotalMs }),
});

/** A model that nobody knows may think. */
const mayThink = ({ model, thinking }: ModelRequest): boolean => {
  const least = leastThinking.get(model);
  return least !== 'never' && (least !== 'none' || thinking !== 'off');
};

import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { CONFIG, type Config } from '../../../../config/config.js';
import { modelCallPolicy } from '../../../../config/policy/assistants/calls.js';
import { InstanceStopping } from '../../../tasks/shutdown.js';
import { addEndedSpan } from '../../../observability/tracing/spans.js';
import { AiSwitch } from '../../ai-switch/ai-switch.service.js';
import type { AiAnswer, AiCall, FallbackReason, Payer } from './ai-call.js';
import { partsOf } from './attempt/answer-parts.js';
import { CallLimits, type TakenLimits } from './call-limits.js';
import { CallOutcomes, type LastAttempt } from './call-outcomes.js';
import { CallReservations, type HeldCall } from './call-reservations.js';
import type { OpenRequest } from './pictures/call-pictures.js';
import { CallSettlement, neverAsked } from './call-settlement.js';
import { costOf } from './call-price.js';
import { blocked, ModelAttempt, timesOf, type AttemptEnd } from './attempt/model-attempt.js';
import { PricedModels, type PricedModel } from './priced-models.js';
import { RunningCalls } from './running-calls.js';

/** What a call has come to so far. */
interface Progress {
  readonly startedAt: number;
  taken: TakenLimits | null;
  hasAsked: boolean;
  last: LastAttempt | null;
  /** Gives back the credits of the attempt before; null without any. */
  returning: Promise<void> | null;
}

/**
 * The one way to a language model. In order: kill switch, limits, budget, the provider within its time, then a second one.
 * Every call ends in one line of the log and, for each provider asked, one settled row.
 */
@Injectable()
export class AiGateway implements BeforeApplicationShutdown {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'ai'>,
    private readonly ai: AiSwitch,
    private readonly limits: CallLimits,
    private readonly models: PricedModels,
    private readonly reservations: CallReservations,
    private readonly settlement: CallSettlement,
    private readonly outcomes: CallOutcomes,
    private readonly running: RunningCalls,
  ) {}

  /**
   * Resolves with the first text of an answer at the latest, or once nothing is left to ask. Never rejects: without the database
   * or the counters nobody is asked.
   */
  async ask(call: AiCall): Promise<AiAnswer> {
    const startedAt = performance.now();
    const progress: Progress = { startedAt, taken: null, hasAsked: false, last: null, returning: null };
    let answer: AiAnswer | FallbackReason;
    try {
      answer = await this.tryAll(call, progress);
    } catch (cause) {
      this.outcomes.notMade(cause);
      answer = 'provider_unavailable';
    }
    // A call that asked nobody used up nothing. What is not given back is gone within its minute.
    if (!progress.hasAsked) await progress.taken?.giveBack().catch(() => undefined);
    return typeof answer === 'string' ? this.fallBack(call, answer, progress) : answer;
  }

  /** Ends the running calls: their answers are paid for as far as they came. */
  async beforeApplicationShutdown(): Promise<void> {
    this.running.stop(new InstanceStopping());
    await this.settlement.finish();
  }

  private async tryAll(call: AiCall, progress: Progress): Promise<AiAnswer | FallbackReason> {
    if (!this.ai.isAllowedHere || this.models.configured === null) return 'ai_disabled';
    // Nobody waits for the answer any more.
    if (call.signal?.aborted === true) return 'ai_error';
    const models = this.models.inOrder(call.request.model).filter(({ name }) => isAllowed(call.payer, name));
    if (models.length === 0) return 'provider_unavailable';
    const taken = await this.limits.take(call.payer);
    // The switch comes first: it is asked here, since only a call that passes reads it with its reservation.
    if (typeof taken === 'string') return (await this.ai.read()).effective ? taken : 'ai_disabled';
    progress.taken = taken;
    let reason: FallbackReason = 'provider_unavailable';
    for (const [place, model] of models.entries()) {
      const answer = await this.tryOne(call, model, models.length - place - 1, progress);
      if (typeof answer !== 'string') return answer;
      reason = answer;
      if (!mayAskAnother(reason, progress.last)) break;
    }
    return reason;
  }

  /** Milliseconds for the next provider: with others behind it, its share. */
  private leftOf(call: AiCall, { startedAt }: Progress, behind: number): number {
    const timeoutMs = call.timeoutMs ?? this.config.ai.timeoutMs;
    const leftMs = timeoutMs - (performance.now() - startedAt);
    return behind > 0 ? Math.min(leftMs, timeoutMs * modelCallPolicy.firstProviderShare) : leftMs;
  }

  private async tryOne(
    call: AiCall,
    model: PricedModel,
    behind: number,
    progress: Progress,
  ): Promise<AiAnswer | FallbackReason> {
    // No row is written for a provider that is left alone for a moment.
    if (model.provider.circuit === 'open') return 'provider_unavailable';
    // A balance for one answer is enough for two providers.
    if (progress.returning !== null) await progress.returning;
    const changes = this.running.switchChanges;
    const held = await this.reservations.reserve(call, model);
    if (typeof held === 'string') return held;
    // What the reservation and the pictures took is part of the time.
    const request = await this.reservations.open(call, this.leftOf(call, progress, behind));
    const leftMs = this.leftOf(call, progress, behind);
    if (typeof request === 'string') return this.giveUp(held, request);
    const hindrance = await this.hindranceOf(call, model, leftMs, changes).catch(
      () => 'provider_unavailable' as const,
    );
    if (hindrance !== null) {
      request.close();
      return this.giveUp(held, hindrance);
    }
    progress.hasAsked = true;
    this.outcomes.asked();
    return this.attempt(call, model, held, request, leftMs, progress);
  }

  /** Settles a call that is reserved, and not made. */
  private async giveUp({ id }: HeldCall, outcome: FallbackReason): Promise<FallbackReason> {
    await this.settlement.settle({ ...neverAsked, outcome, id });
    return outcome;
  }

  /** Why a call that is reserved is not made after all. Nothing is awaited between the last look and the call. */
  private async hindranceOf(
    call: AiCall,
    model: PricedModel,
    leftMs: number,
    changes: number,
  ): Promise<FallbackReason | null> {
    if (leftMs <= 0) return 'ai_timeout';
    // Taken back behind the reservation.
    if (!(await this.reservations.hasConsent(call, model))) return 'consent_missing';
    // Turned off behind the reservation, and announced before the call could be found among the running ones.
    for (let seen = changes; seen !== this.running.switchChanges;) {
      seen = this.running.switchChanges;
      if (!(await this.ai.read()).effective) return 'ai_disabled';
    }
    return this.running.isStopping ? 'provider_unavailable' : null;
  }

  private async attempt(
    call: AiCall,
    model: PricedModel,
    held: HeldCall,
    { request, close }: OpenRequest,
    leftMs: number,
    progress: Progress,
  ): Promise<AiAnswer | FallbackReason> {
    const state: { end: AttemptEnd | null } = { end: null };
    const attempt = new ModelAttempt(
      model.provider,
      { ...request, model: model.name },
      timesOf(call, leftMs, call.timeoutMs ?? this.config.ai.timeoutMs),
      call.signal,
      (end) => {
        state.end = end;
        this.running.remove(attempt);
        close();
        this.onEnd(call, model, held, end, progress);
      },
    );
    this.running.add(attempt);
    try {
      const begun = [...(await attempt.begin())];
      // Of an answer that is wanted whole nothing is shown before its end.
      if (call.shape === 'whole') while (begun.at(-1)?.type !== 'end') begun.push(await attempt.next());
      return {
        path: 'ai',
        provider: model.provider.provider,
        model: model.name,
        parts: partsOf(begun, attempt, () => state.end),
      };
    } catch {
      return this.running.isStopping ? 'provider_unavailable' : reasonOf(state.end);
    }
  }

  /** Settles the row, and writes the line of an answer that was begun. */
  private onEnd(
    call: AiCall,
    { provider, name, price }: PricedModel,
    held: HeldCall,
    end: AttemptEnd,
    progress: Progress,
  ): void {
    const cost = end.isCharged ? costOf(price, end.tokens) : 0;
    const outcome = end.reason ?? 'answered';
    addEndedSpan(`chat ${name}`, end.totalMs, {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': provider.provider,
      'gen_ai.request.model': name,
      'gen_ai.usage.input_tokens': end.tokens.prompt,
      'gen_ai.usage.output_tokens': end.tokens.output,
      ...(end.reason === null ? {} : { 'error.type': end.reason }),
    });
    const isShown = wasShown(call, end);
    const settled = this.settlement.settle({ ...end, id: held.id, cost, outcome, isShown });
    if (held.credits > 0 && !isShown) progress.returning = settled;
    this.outcomes.attempted(provider.provider, end, cost);
    const spent = cost + (progress.last?.cost ?? 0);
    progress.last = { provider: provider.provider, model: name, end, cost: spent };
    if (isShown) this.outcomes.answered(call, provider.provider, name, end, spent);
  }

  private fallBack(call: AiCall, reason: FallbackReason, { startedAt, last }: Progress): AiAnswer {
    this.outcomes.fellBack(call, reason, Math.round(performance.now() - startedAt), last);
    return { path: 'fallback', reason };
  }
}

/** Of an answer that is wanted whole nothing is shown before its end; of a stream what came is, however it ended. */
const wasShown = ({ shape }: AiCall, { reason, firstTextMs }: AttemptEnd): boolean =>
  reason === null || (shape === 'stream' && firstTextMs !== null);

/** An API key's list of models holds for a second provider too. */
const isAllowed = (payer: Payer, model: string): boolean =>
  payer.kind !== 'person' || (payer.key?.models?.includes(model) ?? true);

/** A caller that left is told what it cannot see any more: nothing was answered. */
const reasonOf = (end: AttemptEnd | null): FallbackReason => {
  const reason = end?.reason ?? 'ai_error';
  return reason === 'stopped' ? 'ai_error' : reason;
};

/** Another provider is asked for what the first could not begin, never for what it refused to say. */
const mayAskAnother = (reason: FallbackReason, last: LastAttempt | null): boolean => {
  const end = last?.end;
  // Left alone for a moment: it was not asked.
  if (end === undefined) return reason === 'provider_unavailable';
  return end.reason === reason && end.firstTextMs === null && end.why !== blocked;
};

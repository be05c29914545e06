import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { CONFIG, type Config } from '../../../../../config/config.js';
import { openAiPolicy } from '../../../../../config/policy/assistants/openai.js';
import { ClientLeft } from '../../../../errors/client-left.js';
import { Problem } from '../../../../errors/problem.js';
import { mayUse, type Caller } from '../../../../guards/route/caller.js';
import { TokenLife } from '../../../../guards/token/token-life.js';
import { Log } from '../../../../observability/log.js';
import { Clock } from '../../../../ports/clock.js';
import { ReversibleRedaction, type RestoredForm } from '../../../../redaction/reversible-redaction.js';
import { PeriodicTask } from '../../../../tasks/periodic-task.js';
import { periodsAt, secondsLeftOf } from '../../../usage/budgets/budget-periods.js';
import { AnswerCredits } from '../../credits/answer-credits.service.js';
import { AnswerBroken, type AiCall, type AnswerPart, type Payer } from '../../gateway/ai-call.js';
import { AiGateway } from '../../gateway/ai-gateway.service.js';
import { PricedModels } from '../../gateway/priced-models.js';
import type { OpenAiRequest } from '../openai-request.js';
import { callProblem } from './call-problem.js';
import { redacted } from './redacted-request.js';
import { restoredAnswer } from './restored-answer.js';

interface OpenCall {
  readonly caller: Caller;
  readonly aborting: AbortController;
}

/** An answer that has begun. Whoever stops reading ends the call. Reading throws Problem where it breaks off. */
export interface BegunAnswer {
  /** The model that answers. */
  readonly model: string;
  readonly parts: AsyncIterable<AnswerPart>;
  /** Aborted when its client or its token is gone. */
  readonly ended: AbortSignal;
}

/** The token with which an answer was asked for is no longer valid. */
class TokenEnded extends Error {
  override readonly name = 'TokenEnded';
}

/** Calls of clients of OpenAI. An answer ends with its client and with the token that asked for it; nothing of it is kept. */
@Injectable()
export class OpenAiCalls implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly open = new Set<OpenCall>();
  private readonly checking: PeriodicTask;

  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'ai' | 'piiRedaction'>,
    private readonly gateway: AiGateway,
    private readonly models: PricedModels,
    private readonly credits: AnswerCredits,
    private readonly tokens: TokenLife,
    private readonly clock: Clock,
    log: Log,
  ) {
    this.checking = new PeriodicTask({
      everyMs: openAiPolicy.aliveCheckMs,
      run: (signal) => this.endDead(signal),
      onError: (cause) => {
        log.warn('answers for clients of OpenAI could not be checked', { cause });
      },
    });
  }

  onApplicationBootstrap(): void {
    this.checking.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.checking.stop();
  }

  /**
   * Resolves with the first text of a stream, or with a whole answer. `left`: aborted when the client goes away.
   * @throws Problem `model_unknown`, `model_not_allowed`, `streams_exceeded`, `rate_limit_exceeded`, `ai_disabled`, `budget_exceeded`,
   * `credits_insufficient`, `key_credits_exceeded`, `language_model_unavailable`, `language_model_failed`, `language_model_timeout`,
   * `token_invalid`
   */
  async ask(
    caller: Caller,
    order: OpenAiRequest,
    { requestId, left }: { readonly requestId: string; readonly left: AbortSignal },
  ): Promise<BegunAnswer> {
    if (!this.models.names.includes(order.model)) throw new Problem('model_unknown');
    if (!mayUse(caller, order.model)) throw new Problem('model_not_allowed');
    this.requireRoom(caller);
    const one: OpenCall = { caller, aborting: new AbortController() };
    this.open.add(one);
    const follow = (): void => {
      one.aborting.abort(left.reason);
    };
    left.addEventListener('abort', follow, { once: true });
    if (left.aborted) follow();
    const close = (): void => {
      this.open.delete(one);
      left.removeEventListener('abort', follow);
    };
    try {
      await this.credits.require(payerOf(caller), order.model);
      const redaction = this.config.piiRedaction ? new ReversibleRedaction() : null;
      const call = await this.callOf(caller, order, { requestId, redaction, signal: one.aborting.signal });
      const answer = await this.gateway.ask(call);
      if (answer.path === 'fallback') throw this.problemOf(answer.reason, one);
      return {
        model: answer.model,
        parts: this.partsOf(
          redaction === null ? answer.parts : restoredAnswer(answer.parts, redaction, textFormOf(order)),
          one,
          close,
        ),
        ended: one.aborting.signal,
      };
    } catch (error) {
      close();
      throw error;
    }
  }

  private async *partsOf(
    parts: AsyncIterable<AnswerPart>,
    one: OpenCall,
    close: () => void,
  ): AsyncGenerator<AnswerPart, void, undefined> {
    try {
      yield* parts;
    } catch (error) {
      if (!(error instanceof AnswerBroken)) throw error;
      throw this.problemOf(error.reason === 'stopped' ? 'provider_unavailable' : error.reason, one);
    } finally {
      close();
    }
  }

  private problemOf(reason: Parameters<typeof callProblem>[0], { aborting }: OpenCall): Problem | ClientLeft {
    const { reason: cause } = aborting.signal as { reason: unknown };
    if (cause instanceof TokenEnded) return new Problem('token_invalid');
    if (cause instanceof ClientLeft) return cause;
    const now = this.clock.now();
    return callProblem(reason, secondsLeftOf(periodsAt(now).day, now));
  }

  private async callOf(
    caller: Caller,
    order: OpenAiRequest,
    {
      requestId,
      redaction,
      signal,
    }: Pick<AiCall, 'requestId' | 'signal'> & { readonly redaction: ReversibleRedaction | null },
  ): Promise<AiCall> {
    const request = redaction === null ? order.request : await redacted(order.request, redaction);
    return {
      purpose: 'openai',
      payer: payerOf(caller),
      agent: null,
      request: { ...request, model: order.model },
      pictures: null,
      shape: order.isStream ? 'stream' : 'whole',
      timeoutMs: this.config.ai.openAiTimeoutMs,
      signal,
      requestId,
    };
  }

  private requireRoom({ userId }: Caller): void {
    let own = 0;
    for (const { caller } of this.open) if (caller.userId === userId) own++;
    if (own >= openAiPolicy.perUser || this.open.size >= openAiPolicy.perInstance)
      throw new Problem('streams_exceeded', { headers: { 'retry-after': '5' } });
  }

  /** Where the database has to be asked, only a few tokens are checked at a time. */
  private async endDead(signal: AbortSignal): Promise<void> {
    const calls = [...this.open].values();
    const check = async (): Promise<void> => {
      for (const { caller, aborting } of calls) {
        if (signal.aborted) return;
        if (!(await this.tokens.isAlive(caller))) aborting.abort(new TokenEnded());
      }
    };
    await Promise.all(Array.from({ length: openAiPolicy.concurrentChecks }, check));
  }
}

/** A value is put back so that JSON stays JSON, where that is asked for. */
const textFormOf = ({ request }: OpenAiRequest): RestoredForm =>
  (request.options?.json ?? null) === null ? 'text' : 'json';

const payerOf = ({ userId, key }: Caller): Payer => ({ kind: 'person', userId, key });

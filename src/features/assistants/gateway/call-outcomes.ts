import { Injectable } from '@nestjs/common';
import { aiSeconds } from '../../../../config/policy/operations/metrics.js';
import type { Durations } from '../../../observability/durations.js';
import { Log } from '../../../observability/log.js';
import { Metrics } from '../../../observability/metrics.js';
import { keptTraceId } from '../../../observability/tracing/spans.js';
import type { LanguageModel } from '../../../ports/assistants/language-model.js';
import { UsageRises } from '../../usage/usage-rises.js';
import type { AiCall, FallbackReason } from './ai-call.js';
import type { AttemptEnd } from './attempt/model-attempt.js';

type ProviderName = LanguageModel['provider'];
const tokenKinds = ['prompt', 'cached', 'output', 'thoughts'] as const;

/** Reasons that say that a provider failed. */
const failures: ReadonlySet<string> = new Set(['provider_unavailable', 'ai_timeout', 'ai_error']);

/** Writes how each call ended, in one line, and counts it. Never the prompt, the answer or the provider's words. */
@Injectable()
export class CallOutcomes {
  private readonly firstText: Readonly<Record<ProviderName, Durations>>;
  private readonly whole: Readonly<Record<ProviderName, Durations>>;

  constructor(
    private readonly log: Log,
    private readonly metrics: Metrics,
    private readonly rises: UsageRises,
  ) {
    const byProvider = (name: string, help: string): Readonly<Record<ProviderName, Durations>> => {
      const durations = metrics.durations(name, help, aiSeconds);
      return {
        gemini: durations.of({ provider: 'gemini' }),
        openai: durations.of({ provider: 'openai' }),
        local: durations.of({ provider: 'local' }),
      };
    };
    this.firstText = byProvider(
      'ai_first_text_seconds',
      'Seconds until a language model had given the first text of an answer.',
    );
    this.whole = byProvider('ai_call_seconds', 'Seconds that an attempt at a language model took.');
  }

  /** A provider was asked. */
  asked(): void {
    this.metrics.count('ai_calls');
  }

  /** The database or the counters are away; the line of the call comes as well. */
  notMade(cause: unknown): void {
    this.log.warn('a call of a language model was not made', { cause });
  }

  /** A provider's attempt ended, in whatever way. `cost`: micro-dollars. */
  attempted(provider: ProviderName, end: AttemptEnd, cost: number): void {
    const { metrics } = this;
    if (end.reason !== null && failures.has(end.reason)) metrics.count('ai_errors');
    const traceId = keptTraceId();
    this.whole[provider].observe(end.totalMs / 1000, traceId);
    if (end.firstTextMs !== null) this.firstText[provider].observe(end.firstTextMs / 1000, traceId);
    if (!end.isCharged) return;
    metrics.countBy('ai_cost_usd', { provider }, cost / 1_000_000);
    for (const kind of tokenKinds) metrics.countBy('ai_tokens', { provider, kind }, end.tokens[kind]);
  }

  answered(call: AiCall, provider: string, model: string, end: AttemptEnd, cost: number): void {
    if (call.payer.kind === 'person') this.rises.noteUse(call.payer.userId);
    this.log.aiCall('AI-CALL path=ai', {
      path: 'ai',
      ...fieldsOf(call),
      provider,
      model,
      // What broke an answer off after its first text.
      ended: end.reason ?? 'whole',
      ...(end.why === null ? {} : { why: end.why }),
      prompt_tokens: end.tokens.prompt,
      cached_tokens: end.tokens.cached,
      output_tokens: end.tokens.output,
      thought_tokens: end.tokens.thoughts,
      estimated: end.tokens.isEstimated,
      cost_microusd: cost,
      first_text_ms: end.firstTextMs,
      total_ms: end.totalMs,
    });
  }

  fellBack(call: AiCall, reason: FallbackReason, totalMs: number, last: LastAttempt | null): void {
    if (reason === 'user_rate_limit') this.metrics.count('ai_calls_blocked_per_psid');
    if (reason === 'global_rate_limit') this.metrics.count('ai_calls_blocked_global');
    this.log.aiCall(`AI-CALL path=fallback reason=${reason}`, {
      path: 'fallback',
      reason,
      ...fieldsOf(call),
      ...(last === null
        ? {}
        : { provider: last.provider, model: last.model, why: last.end.why, cost_microusd: last.cost }),
      total_ms: totalMs,
    });
  }
}

/** The attempt after which nothing else was asked. `cost`: of all attempts of the call. */
export interface LastAttempt {
  readonly provider: string;
  readonly model: string;
  readonly end: AttemptEnd;
  readonly cost: number;
}

const fieldsOf = ({ purpose, payer, agent, requestId }: AiCall): Readonly<Record<string, unknown>> => ({
  purpose,
  payer: payer.kind,
  ...(payer.kind === 'person' ? { user_id: payer.userId } : {}),
  ...(agent === null ? {} : { agent_id: agent.id }),
  ...(requestId === null ? {} : { request_id: requestId }),
});

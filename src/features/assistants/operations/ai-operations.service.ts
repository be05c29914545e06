import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../../config/config.js';
import { modelCallPolicy } from '../../../../config/policy/assistants/calls.js';
import type { ClientContext } from '../../../network/client-context.js';
import { LanguageModels, type ModelCircuit } from '../../../ports/assistants/language-model.js';
import { AiSwitch, type SwitchState } from '../../ai-switch/ai-switch.service.js';
import { BudgetService, type BudgetFigures } from '../../usage/budgets/budget.service.js';
import { AnswerBroken, type AiCall, type FallbackReason } from '../gateway/ai-call.js';
import { AiGateway } from '../gateway/ai-gateway.service.js';
import { PricedModels } from '../gateway/priced-models.js';
import { RecentCallsRepository } from './recent-calls.repository.js';

export interface AiState {
  readonly switch: SwitchState;
  readonly isAllowedHere: boolean;
  readonly generations: 'fal' | 'canvas';
  readonly language: 'gemini' | 'openai' | 'local' | 'none';
  readonly second: 'gemini' | 'openai' | null;
  readonly circuit: ModelCircuit | null;
  readonly model: string | null;
  readonly timeoutMs: number;
  readonly budget: BudgetFigures<number>;
  /** Calls a minute: at most, and in the last one. */
  readonly limits: {
    readonly messenger: {
      readonly perMinute: number;
      readonly perPersonAndMinute: number;
      readonly calls: number;
    };
    readonly other: { readonly perMinute: number; readonly calls: number };
  };
}

export interface Ping {
  readonly latencyMs: number;
  /** Null when a model answered. */
  readonly error: FallbackReason | null;
}

const question = 'Answer with the one word: pong.';

/** What operators see of language models. */
@Injectable()
export class AiOperations {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly ai: AiSwitch,
    private readonly models: LanguageModels,
    private readonly priced: PricedModels,
    private readonly budget: BudgetService,
    private readonly gateway: AiGateway,
    private readonly recent: RecentCallsRepository,
  ) {}

  async status(): Promise<AiState> {
    const [state, budget, calls] = await Promise.all([
      this.ai.read(),
      this.budget.read(),
      this.recent.count(),
    ]);
    const { ai } = this.config;
    return {
      switch: state,
      isAllowedHere: this.ai.isAllowedHere,
      generations: this.config.generation.provider,
      language: this.config.ai.first?.provider ?? 'none',
      second: this.config.ai.second?.provider ?? null,
      circuit: this.models.first?.circuit ?? null,
      model: this.priced.configured,
      timeoutMs: this.config.ai.timeoutMs,
      budget: budget.ai,
      limits: {
        messenger: {
          perMinute: ai.maxCallsPerMinute,
          perPersonAndMinute: ai.maxCallsPerMinutePerPsid,
          calls: calls.messenger,
        },
        other: { perMinute: ai.maxCallsPerMinuteOther, calls: calls.other },
      },
    };
  }

  async ping({ requestId }: Pick<ClientContext, 'requestId'>): Promise<Ping> {
    const startedAt = performance.now();
    const error = await this.askOnce(requestId);
    return { latencyMs: Math.round(performance.now() - startedAt), error };
  }

  private async askOnce(requestId: string): Promise<FallbackReason | null> {
    const answer = await this.gateway.ask(pingCall(requestId));
    if (answer.path === 'fallback') return answer.reason;
    try {
      for await (const part of answer.parts) if (part.type === 'end') break;
      return null;
    } catch (error) {
      if (!(error instanceof AnswerBroken)) throw error;
      return error.reason === 'stopped' ? 'ai_error' : error.reason;
    }
  }
}

const pingCall = (requestId: string): AiCall => ({
  purpose: 'ping',
  payer: { kind: 'operator' },
  agent: null,
  request: {
    model: null,
    system: null,
    messages: [{ role: 'user', text: question }],
    knowledge: [],
    maxOutputTokens: modelCallPolicy.pingTokens,
    temperature: 0,
    thinking: 'off',
  },
  pictures: null,
  shape: 'whole',
  timeoutMs: null,
  signal: null,
  requestId,
});

import { Injectable } from '@nestjs/common';
import { AiSwitch } from '../../ai-switch/ai-switch.service.js';
import { CreditsService } from '../../credits/credits.service.js';
import type { Payer } from '../gateway/ai-call.js';
import { PricedModels } from '../gateway/priced-models.js';

/**
 * Refuses a question that its asker cannot pay before anything of it begins. The reservation holds the credits: whoever spends them
 * between the two is not answered by a model.
 */
@Injectable()
export class AnswerCredits {
  constructor(
    private readonly models: PricedModels,
    private readonly credits: CreditsService,
    private readonly ai: AiSwitch,
  ) {}

  /**
   * `model`: null is the configured one. Reads nothing where the answer costs no credits.
   * @throws Problem `credits_insufficient`, `key_credits_exceeded`
   */
  async require(payer: Payer, model: string | null): Promise<void> {
    if (payer.kind !== 'person') return;
    const cost = this.models.inOrder(model)[0]?.credits ?? 0;
    if (cost === 0) return;
    const refusal = await this.credits.refusalOf(cost, payer.userId, payer.key?.id ?? null);
    if (refusal === null) return;
    // The switch comes first: nothing is charged while it is off.
    if (this.ai.isAllowedHere && (await this.ai.read()).effective) throw refusal;
  }
}

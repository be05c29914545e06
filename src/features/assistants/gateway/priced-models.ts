import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../../config/config.js';
import { creditsOf, type AnswerPrices } from '../../../../config/policy/assistants/answer-credits.js';
import {
  freeOfCharge,
  localModel,
  modelPrices,
  type ModelPrice,
} from '../../../../config/policy/assistants/models.js';
import { LanguageModels, type LanguageModel } from '../../../ports/assistants/language-model.js';

/** Token of the price table in credits. */
export const ANSWER_PRICES = Symbol('AnswerPrices');

/** A model that can be asked, and what it costs. */
export interface PricedModel {
  readonly provider: LanguageModel;
  readonly name: string;
  readonly price: ModelPrice;
  /** Credits that an answer costs the person that asks. */
  readonly credits: number;
}

/** The models that may be asked: what has no price is not asked, for no budget could hold it. */
@Injectable()
export class PricedModels {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'ai'>,
    private readonly models: LanguageModels,
    @Inject(ANSWER_PRICES) private readonly prices: AnswerPrices,
  ) {}

  /**
   * The models in the order in which they are asked: `wanted` or the configured one of the first provider, then the second
   * provider's own. Empty: there are no assistants, or nobody knows the price of `wanted`.
   */
  inOrder(wanted: string | null): readonly PricedModel[] {
    const { first, second } = this.models;
    if (first === null) return [];
    const chosen = this.of(first, this.config.ai.first, wanted);
    if (chosen === null) return [];
    const other = second === null ? null : this.of(second, this.config.ai.second, null);
    return other === null ? [chosen] : [chosen, other];
  }

  /** The name of the configured model; null without assistants. */
  get configured(): string | null {
    return this.inOrder(null)[0]?.name ?? null;
  }

  /** The models of the first provider that may be asked by their names; the configured one first. */
  get names(): readonly string[] {
    const access = this.config.ai.first;
    if (access === null) return [];
    if (access.provider === 'local') return [localModel];
    // Which models another service at its address has, and at what price, nobody here knows.
    const others = access.baseUrl === null ? [...modelPrices[access.provider].keys()] : [];
    return [...new Set([access.model, ...others])];
  }

  private of(
    provider: LanguageModel,
    access: Config['ai']['first'],
    wanted: string | null,
  ): PricedModel | null {
    if (access === null) return null;
    if (access.provider === 'local')
      return wanted === null || wanted === localModel
        ? { provider, name: localModel, price: freeOfCharge, credits: this.creditsOf(localModel) }
        : null;
    const name = wanted ?? access.model;
    const listed = access.baseUrl === null ? modelPrices[access.provider].get(name) : undefined;
    const price = name === access.model ? access.price : (listed ?? null);
    return price === null ? null : { provider, name, price, credits: this.creditsOf(name) };
  }

  private creditsOf(name: string): number {
    return creditsOf(this.prices, name);
  }
}

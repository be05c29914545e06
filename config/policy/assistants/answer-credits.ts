/** Credits that one answer of a language model costs the person that asked for it. Whole numbers, 0 or more. */
export interface AnswerPrices {
  /** Of every model that is not listed. */
  readonly default: number;
  /** By the name of the model that answers. */
  readonly byModel: ReadonlyMap<string, number>;
}

/** An answer that costs 0 asks for no balance and touches no account. */
export const answerPrices: AnswerPrices = { default: 0, byModel: new Map<string, number>() };

/** Credits of one answer of `model`. */
export const creditsOf = ({ default: otherwise, byModel }: AnswerPrices, model: string): number =>
  byModel.get(model) ?? otherwise;

import { promptLeakPolicy } from '../../../../../config/policy/assistants/agents.js';
import type { PromptIndex } from './prompt-index.js';

const { coveredShare, leastCovered } = promptLeakPolicy;

/** Which letters of a prompt one answer contains in shorter runs, each counted once, in each order. A bit a letter. */
export class CoveredLetters {
  private readonly bits: Uint32Array;
  private readonly counts: number[];
  private readonly most: readonly number[];

  constructor({ letters, forms }: PromptIndex) {
    this.bits = new Uint32Array((letters.length >>> 5) + 1);
    this.counts = forms.map(() => 0);
    this.most = forms.map(({ start, end }) =>
      Math.max(leastCovered, Math.ceil((end - start) * coveredShare)),
    );
  }

  /** `from` to before `to`, of a form. True when the answer contains too many of its letters. */
  mark(form: number, from: number, to: number): boolean {
    let count = this.counts[form] ?? 0;
    for (let at = from; at < to; at++) {
      const word = this.bits[at >>> 5] ?? 0;
      const bit = 1 << (at & 31);
      if ((word & bit) !== 0) continue;
      this.bits[at >>> 5] = word | bit;
      count++;
    }
    this.counts[form] = count;
    return count >= (this.most[form] ?? 0);
  }
}

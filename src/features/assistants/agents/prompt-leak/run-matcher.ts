import { promptLeakPolicy } from '../../../../../config/policy/assistants/agents.js';
import { lettersOf } from './letters.js';
import type { PromptIndex } from './prompt-index.js';
import { nextHash } from './rolling-hash.js';

const { runLetters, keptLetters } = promptLeakPolicy;
const mask = keptLetters - 1;

/** Looks in a sequence of code points for a run of a prompt's letters. A kilobyte; constant time a letter. */
export class RunMatcher {
  private readonly kept = new Int32Array(keptLetters);
  private count = 0;
  private hash = 0;
  private marked = { count: 0, hash: 0 };

  constructor(private readonly index: PromptIndex) {}

  /** True when a run ends here. */
  push(codePoint: number): boolean {
    for (const letter of lettersOf(codePoint)) {
      const gone = this.count < runLetters ? 0 : (this.kept[(this.count - runLetters) & mask] ?? 0);
      this.hash = nextHash(this.hash, letter, gone);
      this.kept[this.count & mask] = letter;
      this.count++;
      if (this.count >= runLetters && this.index.has(this.hash, this.kept, this.count)) return true;
    }
    return false;
  }

  mark(): void {
    this.marked = { count: this.count, hash: this.hash };
  }

  /** Takes back what was pushed since the mark; nothing when that is more than is kept beside a run. */
  takeBack(): void {
    if (this.count - this.marked.count > keptLetters - runLetters) return;
    ({ count: this.count, hash: this.hash } = this.marked);
  }
}

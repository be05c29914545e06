import { promptLeakPolicy } from '../../../../../config/policy/assistants/agents.js';
import type { CoveredLetters } from './covered-letters.js';
import { lettersOf } from './letters.js';
import { runHash, seedHash, type PromptIndex } from './prompt-index.js';

const { runLetters, seedLetters, coveredLetters, keptLetters } = promptLeakPolicy;
const mask = keptLetters - 1;

/** What was read until now. */
interface Place {
  readonly count: number;
  readonly ofRun: number;
  readonly ofSeed: number;
  readonly form: number;
  readonly next: number;
  readonly length: number;
}

/** Looks in a sequence of code points for runs of a prompt's letters. A kilobyte; constant time a letter. */
export class RunMatcher {
  private readonly kept = new Int32Array(keptLetters);
  private count = 0;
  /** Hashes of the last letters. */
  private ofRun = 0;
  private ofSeed = 0;
  /** The run of the prompt that the last letters are: its form, where it goes on, and how many letters of it there were; 0: none. */
  private form = 0;
  private next = 0;
  private length = 0;
  private marked: Place = { count: 0, ofRun: 0, ofSeed: 0, form: 0, next: 0, length: 0 };

  constructor(
    private readonly index: PromptIndex,
    private readonly covered: CoveredLetters,
  ) {}

  /** True when a run ends here, or the answer contains too many of the prompt's letters in shorter ones. */
  push(codePoint: number): boolean {
    for (const letter of lettersOf(codePoint)) {
      this.ofRun = runHash.next(this.ofRun, letter, this.before(runLetters));
      this.ofSeed = seedHash.next(this.ofSeed, letter, this.before(seedLetters));
      this.kept[this.count & mask] = letter;
      this.count++;
      if (this.count >= runLetters && this.index.runs.find(this.ofRun, this.kept, this.count) >= 0)
        return true;
      if (this.covers(letter)) return true;
    }
    return false;
  }

  mark(): void {
    const { count, ofRun, ofSeed, form, next, length } = this;
    this.marked = { count, ofRun, ofSeed, form, next, length };
  }

  /** Takes back what was pushed since the mark; nothing when that is more than is kept beside a run. What it covered stays. */
  takeBack(): void {
    if (this.count - this.marked.count > keptLetters - runLetters) return;
    ({ count: this.count, ofRun: this.ofRun, ofSeed: this.ofSeed } = this.marked);
    ({ form: this.form, next: this.next, length: this.length } = this.marked);
  }

  /** The letter so many before the next one; 0: there is none. */
  private before(letters: number): number {
    return this.count < letters ? 0 : (this.kept[(this.count - letters) & mask] ?? 0);
  }

  private covers(letter: number): boolean {
    const { index } = this;
    const end = index.forms[this.form]?.end ?? 0;
    if (this.length > 0 && this.next < end && index.letters[this.next] === letter) {
      this.next++;
      this.length++;
    } else {
      this.length = 0;
      const start = this.count < seedLetters ? -1 : index.seeds.find(this.ofSeed, this.kept, this.count);
      if (start < 0) return false;
      this.begin(start);
    }
    if (this.length < coveredLetters) return false;
    const from = this.length === coveredLetters ? this.next - coveredLetters : this.next - 1;
    return this.covered.mark(this.form, from, this.next);
  }

  /** With the letters before the seed that belong to its run. */
  private begin(seed: number): void {
    const { letters, forms } = this.index;
    this.form = forms.findIndex(({ end }) => seed < end);
    this.next = seed + seedLetters;
    this.length = seedLetters;
    const first = forms[this.form]?.start ?? 0;
    const most = Math.min(coveredLetters, this.count);
    for (let at = seed - 1; at >= first && this.length < most; at--) {
      if (letters[at] !== this.before(this.length + 1)) return;
      this.length++;
    }
  }
}

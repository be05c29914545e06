import type { RollingHash } from './rolling-hash.js';

/** Starts are below 2^19: six orders of some 48,000 letters. A key is the hash of a run, times this, plus its start. */
const starts = 2 ** 19;

/** The letters of a prompt in one of its orders, as places among all of them. */
export interface PromptForm {
  readonly start: number;
  readonly end: number;
}

/** Runs of a prompt's letters, all of one length, to be found in constant time. Memory: some 8 bytes each. */
export class RunIndex {
  /** Ascending. */
  private readonly keys: Float64Array;
  /** A bit for each beginning of a hash that some run has: almost everything else is refused by it. */
  private readonly present: Uint32Array;
  private readonly shift: number;

  /** `step`: letters between the beginnings of two runs. */
  constructor(
    private readonly letters: Int32Array,
    forms: readonly PromptForm[],
    private readonly hash: RollingHash,
    step: number,
  ) {
    this.keys = this.distinct(this.keysOf(forms, step));
    const bits = Math.max(5, 35 - Math.clz32(this.keys.length));
    this.shift = 32 - bits;
    this.present = new Uint32Array(2 ** (bits - 5));
    for (const key of this.keys) {
      const bit = Math.floor(key / starts) >>> this.shift;
      this.present[bit >>> 5] = (this.present[bit >>> 5] ?? 0) | (1 << (bit & 31));
    }
  }

  get isEmpty(): boolean {
    return this.keys.length === 0;
  }

  /** What it takes in memory. */
  get bytes(): number {
    return this.keys.byteLength + this.present.byteLength;
  }

  /** Where the run begins that the last letters of `kept` are, a ring whose next place is `end`; -1: nowhere. `hash`: theirs. */
  find(hash: number, kept: Int32Array, end: number): number {
    const bit = hash >>> this.shift;
    if ((((this.present[bit >>> 5] ?? 0) >>> (bit & 31)) & 1) === 0) return -1;
    const first = hash * starts;
    for (let at = this.firstFrom(first); (this.keys[at] ?? Infinity) < first + starts; at++) {
      const start = (this.keys[at] ?? 0) - first;
      if (this.isAt(start, kept, end)) return start;
    }
    return -1;
  }

  /** The place of the first key that is no less. */
  private firstFrom(key: number): number {
    let [low, high] = [0, this.keys.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.keys[middle] ?? 0) < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private isAt(start: number, kept: Int32Array, end: number): boolean {
    const { length } = this.hash;
    const mask = kept.length - 1;
    for (let at = 0; at < length; at++)
      if (this.letters[start + at] !== kept[(end - length + at) & mask]) return false;
    return true;
  }

  /** No run reaches from one form into the next. */
  private keysOf(forms: readonly PromptForm[], step: number): Float64Array {
    const { length } = this.hash;
    const keys: number[] = [];
    for (const { start, end } of forms) {
      let hash = 0;
      for (let at = start; at < end; at++) {
        const first = at + 1 - length;
        const gone = first > start ? (this.letters[first - 1] ?? 0) : 0;
        hash = this.hash.next(hash, this.letters[at] ?? 0, gone);
        if (first >= start && (first - start) % step === 0) keys.push(hash * starts + first);
      }
    }
    return Float64Array.from(keys).sort();
  }

  /** Without repetitions, of which a prompt of one letter would have thousands. */
  private distinct(keys: Float64Array): Float64Array {
    let last = -1;
    return keys.filter((key) => {
      const isSame = last >= 0 && Math.floor(key / starts) === Math.floor(last / starts);
      if (isSame && this.isSameRun(key % starts, last % starts)) return false;
      last = key;
      return true;
    });
  }

  private isSameRun(a: number, b: number): boolean {
    for (let at = 0; at < this.hash.length; at++)
      if (this.letters[a + at] !== this.letters[b + at]) return false;
    return true;
  }
}

import { spend } from '../text/work.js';
import { byOpening } from './prompt-sequences.js';
import { isOneOf } from './prompt-text.js';

/** Units of work for one step of one sequence. */
const stepUnits = 25;

/** Whether one of the sequences begins with this word, at this place in the order of words. */
export function beginsSequence(at: number, word: string): boolean {
  return (byOpening.get(word) ?? []).some((steps) => {
    let next = at + 1;
    return steps.every(({ words, gap }) => {
      if (!spend(stepUnits * (gap + 1))) return false;
      const last = next + gap;
      while (next <= last && !isOneOf(next, words)) next++;
      return next++ <= last;
    });
  });
}

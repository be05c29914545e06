import type { Work } from '../finding.js';
import { isBlank, isDash, isDigit } from './characters.js';

/** Digits with what separates them, as people write numbers. */
export interface DigitGroups {
  /** All digits in a row. */
  readonly digits: string;
  /** How many digits each group has. */
  readonly sizes: readonly number[];
  /** Where each group ends in the text. */
  readonly ends: readonly number[];
  /** What stands between two groups, as often as there are. */
  readonly separators: readonly string[];
}

const most = { digits: 20, separator: 2 };

const isSeparator = (code: number): boolean =>
  isBlank(code) || isDash(code) || code === 46 || code === 47 || code === 40 || code === 41;

/** The groups that begin with the digit at `at`, at most 20 digits and 2 characters between two. */
export function digitGroupsAt(text: string, at: number, work: Work): DigitGroups {
  const [sizes, ends, separators]: [number[], number[], string[]] = [[], [], []];
  let digits = '';
  let place = at;
  for (;;) {
    const begin = place;
    while (isDigit(text.charCodeAt(place)) && digits.length + place - begin <= most.digits) place++;
    digits += text.slice(begin, place);
    sizes.push(place - begin);
    ends.push(place);
    const gap = place;
    while (place - gap < most.separator && isSeparator(text.charCodeAt(place))) place++;
    if (place === gap || !isDigit(text.charCodeAt(place)) || digits.length > most.digits) break;
    separators.push(text.slice(gap, place));
  }
  work.read += place - at;
  return { digits, sizes, ends, separators };
}

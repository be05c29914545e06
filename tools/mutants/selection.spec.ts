import { describe, expect, it } from '@jest/globals';
import type { Mutant } from './mutant.ts';
import { partOf } from './selection.ts';

const mutants = Array.from({ length: 7 }, (_, index) => ({ title: String(index) }) as Mutant);

describe('parts of the list of mutants', () => {
  it.each([1, 2, 3, 7, 9])('%i parts together are the list, each mutant once and in its order', (count) => {
    const parts = Array.from({ length: count }, (_, index) => partOf(mutants, `${index + 1}/${count}`));
    expect(parts.flat()).toStrictEqual(mutants);
  });

  it.each(['', '0/2', '3/2', '1', '1/0', '1/2/3', 'a/b'])('"%s" names no part', (part) => {
    expect(() => partOf(mutants, part)).toThrow('--part takes');
  });
});

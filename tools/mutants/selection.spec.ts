import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { projectRoot } from '../../test/support/process/project-root.js';
import { mutate, type Mutant } from './mutant.ts';
import { mutants as all } from './mutants.ts';
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

describe('the list of mutants', () => {
  it('changes texts that stand once in their files, and runs specs that are there', () => {
    const faults = all.flatMap((mutant) => {
      const missing = [mutant.file, ...mutant.specs].filter((file) => !existsSync(join(projectRoot, file)));
      if (missing.length > 0) return [`${mutant.title}: ${missing.join(', ')} is not there`];
      try {
        mutate(readFileSync(join(projectRoot, mutant.file), 'utf8'), mutant);
        return [];
      } catch (error) {
        return [`${mutant.title}: ${String(error)}`];
      }
    });
    expect(all.length).toBeGreaterThan(1000);
    expect(faults).toEqual([]);
  });

  it('has each title once', () => {
    const titles = all.map(({ title }) => title);
    expect(titles.filter((title, at) => titles.indexOf(title) < at)).toEqual([]);
  });
});

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { projectRoot } from '../../test/support/process/project-root.js';
import { mutate, type Mutant } from './mutant.ts';
import { mutants as all } from './mutants.ts';
import { partOf } from './selection.ts';

const mutants = Array.from({ length: 7 }, (_, index) => ({ title: String(index) }) as Mutant);

/** The functions that a migration makes, and where their texts stand in it. */
function functionsOf(
  text: string,
): { readonly name: string; readonly from: number; readonly until: number }[] {
  return [...text.matchAll(/create (?:or replace )?function (\S+?)\([\s\S]*?\$(\w*)\$[\s\S]*?\$\2\$/g)].map(
    (found) => ({
      name: found[1] ?? '',
      from: found.index,
      until: found.index + found[0].length,
    }),
  );
}

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

  it('changes no function of the database that a later migration replaces: nothing would come of it', () => {
    const folder = 'supabase/migrations';
    const files = readdirSync(join(projectRoot, folder)).sort();
    const textOf = (file: string): string => readFileSync(join(projectRoot, folder, file), 'utf8');
    const functions = new Map(files.map((file) => [file, functionsOf(textOf(file))]));
    const dead = all.flatMap(({ title, file, find }) => {
      const name = file.replace(`${folder}/`, '');
      const at = functions.has(name) ? textOf(name).indexOf(find) : -1;
      const changed = functions.get(name)?.find(({ from, until }) => at >= from && at < until);
      const later = files.find(
        (one) =>
          one > name && functions.get(one)?.some(({ name: replaced }) => replaced === changed?.name) === true,
      );
      return changed === undefined || later === undefined ? [] : [`${title}: ${later} has ${changed.name}`];
    });
    expect(dead).toEqual([]);
  });

  it('has each title once', () => {
    const titles = all.map(({ title }) => title);
    expect(titles.filter((title, at) => titles.indexOf(title) < at)).toEqual([]);
  });
});

import { describe, expect, it } from '@jest/globals';
import { judge } from './gate.ts';
import { fileFaults } from './sizes.ts';
import { linesOfGate } from '../../test/support/process/gates.js';

const lines = (count: number): string => 'export {};\n'.repeat(count);
const constructorOf = (count: number): string =>
  `export class A { constructor(${Array.from({ length: count }, (_, at) => `readonly p${at}: number`).join(', ')}) {} }\n`;
const filesOf = (folder: string, count: number, end = '.ts'): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`${folder}/f${at}${end}`, 'export {};\n']));
const empty = {
  ...filesOf('src', 1),
  ...filesOf('config', 1),
  ...filesOf('tools', 1),
  ...filesOf('painter', 1),
  ...filesOf('client/src', 1),
};
const support = filesOf('test/support', 1);

describe('the check of sizes', () => {
  it('refuses the sixteenth file of a folder, in every source folder and in test/support', async () => {
    const folders = [
      'src/wide',
      'config/wide',
      'tools/wide',
      'painter/wide',
      'client/src/wide',
      'test/support/wide',
    ];
    const wide = folders.map((folder) => filesOf(folder, 16));
    const found = await linesOfGate(
      'sizes',
      Object.assign({}, empty, support, ...wide) as Record<string, string>,
    );
    expect(found.sort()).toEqual(
      folders.map((folder) => `${folder}: holds 16 files, and a folder at most 15 (folder-size)`).sort(),
    );
  });

  it('allows fifteen files, and does not count their specs', async () => {
    const files = { ...empty, ...support, ...filesOf('src/a', 15), ...filesOf('src/a', 15, '.spec.ts') };
    expect(await linesOfGate('sizes', files)).toEqual([]);
  });

  it('refuses the 251st line of a file', () => {
    expect(fileFaults('a.ts', lines(250))).toEqual([]);
    expect(fileFaults('a.ts', lines(251))).toMatchObject([{ rule: 'file-size', size: 251 }]);
  });

  it('refuses the ninth parameter of a constructor', () => {
    expect(fileFaults('a.ts', constructorOf(8))).toEqual([]);
    expect(fileFaults('a.ts', constructorOf(9))).toMatchObject([{ rule: 'constructor-size', size: 9 }]);
  });
});

describe('an exception', () => {
  const fault = { rule: 'file-size', where: 'a.ts', text: 'has 300 lines', size: 300 };
  const exception = { rule: 'file-size', where: 'a.ts', reason: 'generated', upTo: 300 };

  it('covers its fault', () => {
    expect(judge([fault], [exception])).toEqual([]);
  });

  it('does not cover one that has grown', () => {
    expect(judge([{ ...fault, size: 301 }], [exception])).toEqual(['a.ts: has 300 lines (file-size)']);
  });

  it('does not cover another rule or another file', () => {
    expect(judge([fault], [{ ...exception, rule: 'folder-size' }])).toHaveLength(2);
    expect(judge([fault], [{ ...exception, where: 'b.ts' }])).toHaveLength(2);
  });

  it('covers of several faults of a place the one whose text it names', () => {
    const one = { rule: 'dead-path', where: 'a.md', text: 'names `x.md`' };
    const other = { ...one, text: 'names `y.md`' };
    const named = { rule: 'dead-path', where: 'a.md', text: '`x.md`', reason: 'made later' };
    expect(judge([one, other], [named])).toEqual(['a.md: names `y.md` (dead-path)']);
    expect(judge([other], [named])).toHaveLength(2);
  });

  it('is a fault itself when it covers none', () => {
    expect(judge([], [exception])).toEqual(['a.ts: is an exception from file-size and needs none any more']);
  });
});

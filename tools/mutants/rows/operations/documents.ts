import type { Mutant } from '../../mutant.ts';

const configuration = ['tools/docs/configuration.spec.ts'];

/** Pages that are generated, and what the gate of documents looks at. */
export const documentMutants: readonly Mutant[] = [
  {
    title: 'the page of the configuration leaves out the last variable of a group',
    file: 'tools/docs/configuration-text.ts',
    find: '...names.slice(firsts[index], firsts[index + 1]).map(',
    replace: '...names.slice(firsts[index], (firsts[index + 1] ?? 0) - 1).map(',
    specs: configuration,
    cheap: true,
  },
  {
    title: 'the page of the configuration has dollars as the service keeps them',
    file: 'tools/docs/configuration-text.ts',
    find: "name.endsWith('_USD') ? value / 1e6 : value",
    replace: 'value',
    specs: configuration,
    cheap: true,
  },
  {
    title: 'the page of the configuration takes a comment of a template for a setting',
    file: 'tools/docs/configuration-text.ts',
    find: 'if (line === null || line[1] !== undefined)',
    replace: 'if (line === null)',
    specs: configuration,
    cheap: true,
  },
  {
    title: 'the page of the configuration lists a refusal by its first variable alone',
    file: 'tools/docs/configuration-text.ts',
    find: '    if (names.includes(name))',
    replace: '    if (names[0] === name)',
    specs: configuration,
    cheap: true,
  },
];

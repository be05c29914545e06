import type { Mutant } from '../../mutant.ts';

const folder = 'tools/docs/compare';

/** The comparison of the API description with the released one. */
export const comparisonMutants: readonly Mutant[] = (
  [
    [
      'answers may allow whatever requests may',
      'schemas.ts',
      "const [inner, outer] = side === 'request' ? [old, present] : [present, old];",
      'const [inner, outer] = [old, present];',
      'schemas.spec.ts',
    ],
    [
      'values may be added where the released description has no mark',
      'schemas.ts',
      "!(side === 'answer' && all['x-extensible'] === true)",
      "!(side === 'answer' && (all['x-extensible'] ?? some['x-extensible']) === true)",
      'schemas.spec.ts',
    ],
    [
      'another scope may be asked for',
      'security.ts',
      'own !== undefined && scopes.every((scope) => own.includes(scope))',
      'own !== undefined',
      'operations.spec.ts',
    ],
    [
      'the released description may be of an earlier release',
      'release.ts',
      'if (named !== version)',
      'if (named === undefined)',
      'release.spec.ts',
    ],
    [
      'an exception may stand for a change that is not there',
      'compare.ts',
      'filter((exception) => !found.some((one) => covers(exception, one)))',
      'filter(() => false)',
      'release.spec.ts',
    ],
    [
      'a code of problems may go',
      'codes.ts',
      '...gone.map((code) =>',
      '...[].map((code) =>',
      'operations.spec.ts',
    ],
    [
      'a code of one operation may go',
      'codes.ts',
      '...lost.map((code) =>',
      '...[].map((code) =>',
      'operations.spec.ts',
    ],
    [
      'a code of problems may go with its status',
      'answers.ts',
      'return codeBreaks(comparison, comparison.before.resolve(answer), {}, at);',
      'return [];',
      'operations.spec.ts',
    ],
    [
      'alternatives that may grow may change',
      'schemas.ts',
      'isExtensible ? this.lost(old, present, where) : []',
      '[]',
      'schemas.spec.ts',
    ],
    [
      'a release may break clients of the one before',
      'publish.ts',
      'if (faults.length > 0)',
      'if (faults.length < 0)',
      'release.spec.ts',
    ],
  ] as const
).map(([title, file, find, replace, spec]) => ({
  title,
  file: `${folder}/${file}`,
  find,
  replace,
  specs: [`${folder}/${spec}`],
}));

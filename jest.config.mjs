/** Jest as native ESM on Node 24; swc compiles with the same settings as the build. */
export default {
  testEnvironment: '<rootDir>/test/support/jest/ordinary-globals.mjs',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: { '^.+\\.ts$': '@swc/jest' },
  transformIgnorePatterns: ['/node_modules/'],
  setupFilesAfterEnv: ['<rootDir>/test/support/jest/jest-setup.mjs'],
  roots: ['<rootDir>/config', '<rootDir>/painter', '<rootDir>/src', '<rootDir>/test', '<rootDir>/tools'],
  testMatch: ['**/*.spec.ts'],
  reporters: ['default', '<rootDir>/test/support/jest/count-reporter.mjs'],
  testSequencer: '<rootDir>/test/support/jest/longest-first.mjs',
  testTimeout: 600_000,
  // More than twice the cores of the smallest machine: many specs wait for another process or for time to pass.
  maxWorkers: 5,
  workerIdleMemoryLimit: '1GB',
};

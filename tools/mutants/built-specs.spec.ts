import { describe, expect, it } from '@jest/globals';
import { projectRoot } from '../../test/support/process/project-root.js';
import { BuiltSpecs } from './built-specs.ts';

describe('specs that run what is built', () => {
  const built = new BuiltSpecs(projectRoot);

  it.each([
    ['start the service as a process', 'test/journeys/chat.spec.ts'],
    ['share a service', 'test/perimeter/security-events.spec.ts'],
    ['run a command of dist/', 'test/journeys/credits-verify.spec.ts'],
    ['run an npm script', 'test/boot/repository.spec.ts'],
    ['name a package of npm that they fetch', 'test/boot/nest-cli.spec.ts'],
  ])('are those that %s: %s', (_, spec) => {
    expect(built.has(spec)).toBe(true);
  });

  it.each([
    ['call the sources', 'src/cache/bounded-cache.spec.ts'],
    ['call the sources on a database of the template', 'test/contracts/usage.spec.ts'],
    [
      'read the text of a package whose own files lie in dist/',
      'test/support/description/described-answers.spec.ts',
    ],
  ])('are not those that %s: %s', (_, spec) => {
    expect(built.has(spec)).toBe(false);
  });
});

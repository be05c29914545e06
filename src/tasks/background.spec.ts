import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { projectRoot } from '../../test/support/process/project-root.js';

/**
 * What begins on every instance, whatever its role: its own state, its own requests, what each start says, and what the controls ask of the
 * instance that is asked.
 */
const ofEveryInstance = [
  'audit.rekey',
  'backup-watch',
  'chat-runs.service',
  'chat-streams',
  'configuration-audit',
  'first-admin',
  'guide-agent',
  'health-ping',
  'key-watch.task',
  'metric-gauges',
  'openai-calls.service',
  'running-calls',
  'self-test-watch',
  'siem-gauges',
  'usage-rises',
];

describe('what begins when the application starts', () => {
  const files = globSync('src/**/*.ts', { cwd: projectRoot })
    .filter((path) => !path.endsWith('.spec.ts'))
    .map((path) => [basename(path, '.ts'), readFileSync(join(projectRoot, path), 'utf8')] as const)
    .filter(([, text]) => /^ {2}(async )?onApplicationBootstrap\(/m.test(text));

  it('is work of the whole service, which instances of the role web leave to others, or named here', () => {
    const unmarked = files.filter(([, text]) => !text.includes('@Background(')).map(([name]) => name);
    expect(unmarked.toSorted()).toEqual(ofEveryInstance);
    expect(files.length - unmarked.length).toBeGreaterThan(20);
  });
});

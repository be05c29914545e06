import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { projectRoot } from '../support/process/project-root.js';

/** As docs/deployment.md counts them, and test/journeys/roles.spec.ts the connections of a running service. */
const [ofSupabase, besidePool] = [23, { all: 7, web: 3 }];

describe('how many instances a database holds, by docs/deployment.md', () => {
  const text = readFileSync(join(projectRoot, 'docs', 'deployment.md'), 'utf8');
  const rows = [...text.matchAll(/^\| (\w+) +\| (\d+) +\| (\d+) +\| (\d+) +\| (\d+) +\|$/gm)].map(
    ([, size = '', ...numbers]) => [size, ...numbers.map(Number)] as const,
  );

  it('is said for six sizes', () => {
    expect(rows).toHaveLength(6);
  });

  it.each(rows)('%s: what its connections divide into', (_size, connections = 0, ...instances) => {
    const left = connections - ofSupabase;
    const worker = 10 + besidePool.all;
    expect(instances).toEqual([
      Math.floor(left / (10 + besidePool.all)),
      Math.floor(left / (4 + besidePool.all)),
      Math.floor((left - worker) / (10 + besidePool.web)),
    ]);
  });
});

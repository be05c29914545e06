import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { projectRoot } from '../../test/support/process/project-root.js';
import { advisoryLocks } from './advisory-locks.js';

describe('numbers of advisory locks', () => {
  it('are distinct', () => {
    const numbers = Object.values(advisoryLocks);
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  it('stand in one file: no other names one', () => {
    const others = globSync('src/**/*.ts', { cwd: projectRoot }).filter((file) => {
      if (file.endsWith('.spec.ts') || file.endsWith('/advisory-locks.ts')) return false;
      return /advisory_(xact_)?lock(_shared)?\(\d|72_?15_?1\d\d/.test(
        readFileSync(join(projectRoot, file), 'utf8'),
      );
    });
    expect(others).toEqual([]);
  });
});

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { retentionRules } from '../../../../config/policy/privacy/retention.js';
import { projectRoot } from '../../../../test/support/process/project-root.js';
import { personalTables } from '../personal-tables.js';

describe('the table of retention', () => {
  it('has every table with something of a person in one rule, and no other one', () => {
    const ruled = retentionRules.flatMap(({ tables }) => tables);
    expect(ruled.toSorted()).toEqual(personalTables.map(({ table }) => table).toSorted());
  });

  it.each(retentionRules.flatMap(({ kind, deletedBy }) => deletedBy.map((task) => ({ kind, task }))))(
    'names for $kind a task that runs from time to time: $task',
    ({ task }) => {
      const source = readFileSync(join(projectRoot, 'src', task), 'utf8');
      expect(source).toMatch(/extends Purge|implements Sweep|new PeriodicTask/);
    },
  );

  it.each(retentionRules)('says of $kind how long, and where it is shown', ({ kept, shownBy }) => {
    expect(kept).toMatch(/\w/);
    expect(kept).not.toMatch(/NaN|undefined/);
    expect(existsSync(join(projectRoot, shownBy))).toBe(true);
  });
});

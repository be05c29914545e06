import { describe, expect, it } from '@jest/globals';
import { withinBudget } from './apply-migrations.js';

const budget = { tries: 3, waitMs: 1, pauseMs: 1 };
const failing = (code: string, times: number) => {
  let tries = 0;
  const apply = () =>
    ++tries <= times ? Promise.reject(Object.assign(new Error('not now'), { code })) : Promise.resolve();
  return { apply, tries: () => tries };
};

describe('a migration beside a service that runs', () => {
  it.each([
    ['did not get its lock', '55P03'],
    ['was ended for a deadlock', '40P01'],
  ])('is tried again where it %s', async (_, code) => {
    const migration = failing(code, 2);
    await withinBudget('migration', budget, migration.apply);
    expect(migration.tries()).toBe(3);
  });

  it('fails after its tries, and says that it changed nothing', async () => {
    const migration = failing('40P01', 9);
    await expect(withinBudget('migration', budget, migration.apply)).rejects.toThrow('and changed nothing');
    expect(migration.tries()).toBe(3);
  });

  it('fails at once where it is wrong', async () => {
    const migration = failing('42601', 9);
    await expect(withinBudget('migration', budget, migration.apply)).rejects.toThrow(
      'migration failed: not now',
    );
    expect(migration.tries()).toBe(1);
  });
});

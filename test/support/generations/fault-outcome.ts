import { createHash } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { ask, unbalanced } from '../database/database.js';
import { jobOf, type FaultRow, type FaultRun } from './fault-run.js';

/** Objects of the storage, by their keys. */
export interface StoredObjects {
  readonly keys: readonly string[];
  read(key: string): Buffer | undefined;
}

/** Known to the provider, and past its deadline with every try of the fetch cut off: slow machines come to it. */
const wasGivenUp = ({ error_code, overdue }: FaultRow): boolean =>
  error_code === 'provider_unavailable' && overdue;

/** What holds of generations once a run of faults is over: none is lost, made twice, paid twice or without its result. */
export function generationsHold(
  of: () => FaultRun,
  objects: () => StoredObjects,
  acknowledgedAtLeast: number,
): void {
  it('answer valid requests only with what says that they may come again, or with 202', () => {
    expect(of().load.surprises).toEqual([]);
    // A slow machine comes to fewer between two faults, and to fewer pictures.
    expect(of().load.acknowledged.length).toBeGreaterThan(acknowledgedAtLeast);
  });

  it('all exist once acknowledged, and all have ended', () => {
    const run = of();
    const [completed, failed] = [run.withStatus('completed'), run.withStatus('failed')];
    const ended = new Set([...completed, ...failed].map(({ id }) => id));
    expect(run.load.acknowledged.filter(({ id }) => !ended.has(id))).toEqual([]);
    expect(ended.size).toBe(run.rows.length);
    expect(completed.length).toBeGreaterThan(run.rows.length / 4);
  });

  it('are submitted at most once, however their submits ended', () => {
    const { fal, rows } = of();
    const times = Map.groupBy(fal.jobs.all, ({ webhookUrl }) => jobOf(webhookUrl));
    const twice = [...times].filter(([, jobs]) => jobs.length !== 1);
    expect(twice.map(([id, jobs]) => `${id} was submitted ${jobs.length} times`)).toEqual([]);
    const known = new Set(rows.map(({ id }) => id));
    expect([...times.keys()].filter((id) => !known.has(id))).toEqual([]);
  });

  it('fail only where the outcome of the submit is unknown, or the deadline is past', () => {
    const run = of();
    for (const row of run.withStatus('failed').filter((one) => !wasGivenUp(one)))
      expect([row, run.isBeyondKnowing(row.id)]).toEqual([
        { ...row, error_code: 'provider_timeout', provider_reference: null },
        true,
      ]);
  });

  it('are one for each key and one for each request without', async () => {
    const { home, load } = of();
    expect(
      await ask(home, 'select prompt from velro.generations group by prompt having count(*) > 1'),
    ).toEqual([]);
    const byKey = Map.groupBy(
      load.acknowledged.filter(({ key }) => key !== null),
      ({ key }) => key,
    );
    expect([...byKey.values()].filter((told) => new Set(told.map(({ id }) => id)).size !== 1)).toEqual([]);
  });

  it('are reserved once and settled once, as they ended', async () => {
    const { home } = of();
    expect(await ask(home, unbalanced)).toEqual([]);
    expect(await ask(home, 'select id from velro.users where credits_reserved <> 0')).toEqual([]);
    const wrong = await ask(
      home,
      `select g.id, g.status, e.kinds from velro.generations g left join lateral (
         select array_agg(kind order by id) as kinds, sum(balance_change) as balance from velro.credit_entries
         where generation_id = g.id) e on true
       where e.kinds is distinct from array['reserve', case g.status when 'completed' then 'commit' else 'release' end]
         or e.balance <> case g.status when 'completed' then -g.credits_cost else 0 end`,
    );
    expect(wrong).toEqual([]);
  });

  it('have a row and the exact bytes of each result, and nothing where they failed', async () => {
    const run = of();
    const files = await ask<{ generation_id: string; object_key: string; bytes: string; sha256: Buffer }>(
      run.home,
      'select generation_id, object_key, bytes, sha256 from velro.files order by generation_id',
    );
    expect(files.map(({ generation_id }) => generation_id)).toEqual(
      run.withStatus('completed').map(({ id }) => id),
    );
    const stored = objects();
    const broken = files.filter(({ object_key, bytes, sha256 }) => {
      const object = stored.read(object_key);
      if (object?.length !== Number(bytes)) return true;
      return !createHash('sha256').update(object).digest().equals(sha256);
    });
    expect(broken).toEqual([]);
    const keys = new Set(files.map(({ object_key }) => object_key));
    const others = stored.keys.filter((key) => !keys.has(key));
    process.stdout.write(`left to the sweep: ${others.length} objects without a row\n`);
    // Every object of a generation that was not given up has come to its row.
    const givenUp = run.withStatus('failed').filter(wasGivenUp);
    expect(others.filter((key) => !givenUp.some(({ id }) => key.includes(id)))).toEqual([]);
  });
}

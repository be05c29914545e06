import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Dice } from '../../painter/drawing/random.js';
import { ask, unbalanced } from '../support/database/database.js';
import { EmbeddedFolders } from '../support/process/embedded-folder.js';
import { until } from '../support/process/wait-until.js';
import { falEnvironment } from '../support/fal/fal-service.js';
import { FalServer } from '../support/fal/fal-server.js';
import { FalWeather } from '../support/fal/fal-weather.js';
import { faultKills, faultSeed } from '../support/generations/fault-kills.js';
import { faultPlaces } from '../support/generations/fault-places.js';
import { portBelowOutgoing } from '../support/process/free-port.js';
import { GenerationLoad } from '../support/generations/generation-load.js';
import { Service, signUp } from '../support/process/service.js';

const kills = faultKills(4);
const seed = faultSeed();
const people = 5;
/** Between a kill and the end of the run at most; a lease is 15 s, and so are two looks apart. */
const endWithinMs = 120_000;

interface Row {
  readonly id: string;
  readonly status: string;
  readonly error_code: string | null;
  readonly provider_reference: string | null;
  /** Ended at its deadline or after it. */
  readonly overdue: boolean;
}

describe(`generations whose service is killed -9 ${kills} times (FAULT_SEED=${seed})`, () => {
  const dice = new Dice(seed);
  const folders = new EmbeddedFolders();
  const home = folders.prepared();
  const load = new GenerationLoad();
  let fal: FalServer;
  let weather: FalWeather;
  let service: Service;
  let lastKill = 0;
  let rows: readonly Row[] = [];

  beforeAll(
    async () => {
      fal = await FalServer.start({
        automatic: { queueMs: 50, workMs: 100 },
        webhookRetries: { count: 400, everyMs: 250 },
        videoBytes: 30_000,
      });
      weather = new FalWeather(fal, dice.fork('weather'));
      const port = String(await portBelowOutgoing());
      const env = {
        ...falEnvironment(fal),
        DEFAULT_USER_CREDITS: '100000000',
        // What was handed over before a kill is called back at the same address after it.
        PORT: port,
        PUBLIC_URL: `http://127.0.0.1:${port}`,
      };
      service = await Service.start(env, home);
      const accounts = await Promise.all(Array.from({ length: people }, () => signUp(service)));
      const places = Object.values(faultPlaces);
      load.begin(accounts, 2, 1000, dice.fork('load'));
      weather.begin();
      for (let kill = 0; kill < kills; kill += 1) {
        const [place, moment] = [places[kill % places.length], dice.fork(`kill ${kill}`)];
        await sleep(moment.whole(100, 600));
        await place?.(fal, moment);
        await service.kill();
        lastKill = Date.now();
        service = await Service.start(env, home);
      }
      load.stop();
      await weather.clear();
      // A key whose request was killed is blocked for a minute, which nobody needs to wait for here.
      const freeing = setInterval(() => {
        ask(home, 'update velro.idempotency_keys set claimed_until = now() where answer is null').catch(
          () => undefined,
        );
      }, 500);
      await load.ended();
      clearInterval(freeing);
      await until(allHaveEnds, 'an end of all generations', endWithinMs).catch(async (error: unknown) => {
        throw new Error(JSON.stringify(await openOnes()), { cause: error });
      });
      rows = await ask<Row>(
        home,
        'select id, status, error_code, provider_reference, finished_at >= deadline_at as overdue from velro.generations order by id',
      );
      report();
    },
    300_000 + kills * 20_000,
  );

  afterAll(async () => {
    await fal.stop();
    await service.discard();
    await folders.remove();
  });

  /**
   * Of some jobs nobody can ever know whether they were taken: their submit was cut off, and no call comes. They are given
   * up at a deadline that is minutes away, and that wait is all that is shortened here.
   */
  async function allHaveEnds(): Promise<boolean> {
    await sleep(250);
    const open = await ask<{ id: string; unknown: boolean }>(
      home,
      `select id, status = 'submitting' and provider_reference is null and due_at = deadline_at as unknown
       from velro.generations where status not in ('completed', 'failed', 'cancelled')`,
    );
    const lost = open.filter(({ id, unknown }) => unknown && isBeyondKnowing(id)).map(({ id }) => id);
    await ask(
      home,
      `update velro.generations set deadline_at = now(), due_at = now() where id = any($1) and status = 'submitting'`,
      [lost],
    );
    return open.length === 0;
  }

  /** What there is to see of those that have no end. */
  const openOnes = () =>
    ask(
      home,
      `select status, provider_reference is null as unknown, attempts, failures, count(*)::int,
         round(extract(epoch from min(due_at) - now())) as due_in, round(extract(epoch from min(deadline_at) - now())) as deadline_in
       from velro.generations where status not in ('completed', 'failed', 'cancelled') group by 1, 2, 3, 4 limit 20`,
    );

  const submitsOf = (id: string) => fal.jobs.all.filter(({ webhookUrl }) => jobOf(webhookUrl) === id);

  /** Never handed over, or handed over and never called about. */
  const isBeyondKnowing = (id: string): boolean =>
    submitsOf(id).every(({ id: reference }) => weather.silenced.has(reference));

  /** Known to the provider, and past its deadline with every try of the fetch cut off: slow machines come to it. */
  const wasGivenUp = ({ error_code, overdue }: Row): boolean =>
    error_code === 'provider_unavailable' && overdue;

  const withStatus = (status: string) => rows.filter((row) => row.status === status);

  function report(): void {
    process.stdout.write(
      `${kills} kills, seed ${seed}: ${load.acknowledged.length} acknowledgements of ` +
        `${new Set(load.acknowledged.map(({ id }) => id)).size} generations, ${rows.length} accepted, ` +
        `${withStatus('completed').length} completed, ${withStatus('failed').length} failed, ` +
        `${fal.jobs.all.length} submits, ${load.unanswered} requests without key and answer\n`,
    );
  }

  it('answer valid requests only with 202, 503, that the key is running, or that every connection is in use', () => {
    expect(load.surprises).toEqual([]);
    // A slow machine comes to fewer between two kills, and to fewer pictures.
    expect(load.acknowledged.length).toBeGreaterThan(kills * 2);
  });

  it('all exist once acknowledged, and all have ended', () => {
    const ended = new Set([...withStatus('completed'), ...withStatus('failed')].map(({ id }) => id));
    expect(load.acknowledged.filter(({ id }) => !ended.has(id))).toEqual([]);
    expect(ended.size).toBe(rows.length);
    expect(withStatus('completed').length).toBeGreaterThan(rows.length / 4);
  });

  it('are submitted at most once, however their submits ended', () => {
    const times = Map.groupBy(fal.jobs.all, ({ webhookUrl }) => jobOf(webhookUrl));
    const twice = [...times].filter(([, jobs]) => jobs.length !== 1);
    expect(twice.map(([id, jobs]) => `${id} was submitted ${jobs.length} times`)).toEqual([]);
    const known = new Set(rows.map(({ id }) => id));
    expect([...times.keys()].filter((id) => !known.has(id))).toEqual([]);
  });

  it('fail only where the outcome of the submit is unknown, or the deadline is past', () => {
    for (const row of withStatus('failed').filter((one) => !wasGivenUp(one)))
      expect([row, isBeyondKnowing(row.id)]).toEqual([
        { ...row, error_code: 'provider_timeout', provider_reference: null },
        true,
      ]);
  });

  it('are one for each key and one for each request without', async () => {
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
    const files = await ask<{ generation_id: string; object_key: string; bytes: string; sha256: Buffer }>(
      home,
      'select generation_id, object_key, bytes, sha256 from velro.files order by generation_id',
    );
    expect(files.map(({ generation_id }) => generation_id)).toEqual(
      withStatus('completed').map(({ id }) => id),
    );
    const broken = files.filter(({ object_key, bytes, sha256 }) => {
      const object = readFileSync(join(home, 'objects', object_key));
      return object.length !== Number(bytes) || !createHash('sha256').update(object).digest().equals(sha256);
    });
    expect(broken).toEqual([]);
    const keys = new Set(files.map(({ object_key }) => join(home, 'objects', object_key)));
    const others = filesBelow(join(home, 'objects')).filter((path) => !keys.has(path));
    const drafts = others.filter((path) => path.includes(join('objects', '.parts')));
    process.stdout.write(
      `left to the sweep: ${others.length - drafts.length} objects without a row, ${drafts.length} drafts\n`,
    );
    // Every object of a generation that was not given up has come to its row; only drafts die with their writer.
    const givenUp = withStatus('failed').filter(wasGivenUp);
    const left = others.filter((path) => !drafts.includes(path));
    expect(left.filter((path) => !givenUp.some(({ id }) => path.includes(id)))).toEqual([]);
    expect(drafts.filter((path) => statSync(path).mtimeMs > lastKill)).toEqual([]);
  });
});

const jobOf = (webhookUrl: string | null): string =>
  new URL(webhookUrl ?? 'none:').searchParams.get('job') ?? 'none';

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

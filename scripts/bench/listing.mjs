// What a page of somebody's generations costs when they have a thousand and when they have a million: the repository's own
// query, by its median, and the plan by which PostgreSQL finds the page.
import { randomUUID } from 'node:crypto';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { median } from '../bench-service.mjs';
import { urlsOf } from './embedded-database.mjs';

const [few, many] = [1000, 1_000_000];
/** Of other people, one between every four of theirs: a page is not found by reading everybody's. */
const othersShare = 4;
const pageSize = 21;
const rounds = 150;
/** A million may cost so many times a thousand, and so many milliseconds more, which is what the clock itself is worth. */
const allowed = { times: 1.5, floorMs: 0.3 };
const [common, rare] = ['fal-ai/flux-pro/v1.1-ultra', 'fal-ai/veo3'];
const all = { statuses: null, modelId: null, projectId: null, favorite: null };

/** @returns whether every page kept to the aim */
export async function benchListing(home) {
  const urls = urlsOf(home);
  const admin = new pg.Client({ connectionString: urls.superuser });
  await admin.connect();
  const { GenerationsRepository } =
    await import('../../dist/src/features/generations/orders/generations.repository.js');
  const asked = [];
  const pool = new pg.Pool({ connectionString: urls.app(), max: 1 });
  const query = new Kysely({
    dialect: new PostgresDialect({ pool }),
    log: (event) => asked.push(event.query),
  }).withSchema('velro');
  const repository = new GenerationsRepository({ query });
  try {
    const owner = await makeOwner(admin);
    const results = [];
    for (const [from, to] of [
      [0, few],
      [few, many],
    ]) {
      await fill(admin, owner, from, to);
      const pages = await pagesOf(admin, owner);
      results.push(await measure(repository, owner, pages));
    }
    const plans = new Map();
    for (const [name, [filter, cursor]] of await pagesOf(admin, owner)) {
      asked.length = 0;
      await repository.list({ userId: owner.id }, filter, pageSize, cursor);
      plans.set(name, await planOf(pool, asked[0]));
    }
    const isGood = report(results, plans);
    await reportStats(repository, owner);
    const { rows } = await admin.query(
      `select pg_size_pretty(pg_table_size('velro.generations')) as heap, pg_size_pretty(pg_indexes_size('velro.generations')) as indexes`,
    );
    process.stdout.write(`a million rows: ${rows[0].heap}, their indexes ${rows[0].indexes}\n`);
    return isGood;
  } finally {
    await query.destroy();
    await admin.end();
  }
}

async function makeOwner(admin) {
  const owner = { id: randomUUID(), project: randomUUID() };
  await admin.query('insert into velro.users (id, email) values ($1, $2)', [owner.id, 'bench@example.com']);
  await admin.query('insert into velro.projects (id, user_id, name) values ($1, $2, $3)', [
    owner.project,
    owner.id,
    'bench',
  ]);
  return owner;
}

/**
 * Rows up to `to`, oldest first. What a filter asks for lies among the oldest alone, behind everything that it leaves out:
 * a query that reads on until it finds is found out.
 */
async function fill(admin, owner, from, to) {
  const batch = 100_000;
  // Triggers weigh files one by one, and foreign keys ask one by one: neither is what is measured.
  await admin.query('set session_replication_role = replica');
  for (let at = from; at < to; at += batch) {
    const last = Math.min(at + batch, to) - 1;
    const values = [owner.id, owner.project, at, last, few / 2, common, rare];
    await admin.query(
      `insert into velro.generations (id, user_id, kind, model_id, prompt, status, project_id, favorite, credits_cost,
         parameters, created_at, finished_at, due_at)
       select uuidv7(make_interval(secs => n - ${many})), $1, 'image', case when n < $5 then $7 else $6 end,
         'a lighthouse over a violet sea, number ' || n,
         case when n >= $5 then 'completed' when n % 4 = 0 then 'failed' when n % 4 = 1 then 'processing'
           when n % 4 = 2 then 'submitting' else 'cancelled' end,
         case when n < $5 then $2::uuid end, n < $5 and n % 2 = 0 or n >= $5, 50, '{"aspect_ratio": "1:1"}',
         now(), now(), 'infinity'
       from generate_series($3::int, $4::int) n`,
      values,
    );
    await admin.query(
      `insert into velro.generations (id, user_id, kind, model_id, prompt, status, credits_cost, due_at)
       select uuidv7(make_interval(secs => n - ${many})), gen_random_uuid(), 'image', $3, 'somebody else''s', 'completed', 50,
         'infinity'
       from generate_series($1::int, $2::int, ${othersShare}) n`,
      [at, last, common],
    );
    await admin.query(
      `insert into velro.files (id, user_id, kind, generation_id, object_key, content_type, width, height, bytes, sha256)
       select uuidv7(), $1, 'result', id, 'generations/' || id || '/0.png', 'image/png', 1024, 1024, 1000000,
         sha256(id::text::bytea)
       from velro.generations g where user_id = $1 and status = 'completed'
         and not exists (select from velro.files f where f.generation_id = g.id)`,
      [owner.id],
    );
  }
  await admin.query('reset session_replication_role');
  // What the autovacuum would do in time.
  await admin.query('vacuum (analyze) velro.generations, velro.files');
}

/** By name: filter and cursor. The middle is reached as people reach it, by the cursor of a page before. */
async function pagesOf(admin, { id, project }) {
  const { rows } = await admin.query(
    `select id from velro.generations where user_id = $1 order by id offset $2::int limit 1`,
    [id, few / 4],
  );
  const deep = rows[0].id;
  return new Map(
    [
      ['no filter', {}],
      ['status completed', { statuses: ['completed'] }],
      ['status failed', { statuses: ['failed'] }],
      ['status processing', { statuses: ['submitting', 'processing'] }],
      ['model', { modelId: rare }],
      ['project', { projectId: project }],
      ['favorite', { favorite: true }],
      ['no favorite', { favorite: false }],
    ].flatMap(([name, filter]) => [
      [`${name}, first page`, [{ ...all, ...filter }, null]],
      ...(name === 'status completed' ? [] : [[`${name}, deep`, [{ ...all, ...filter }, deep]]]),
    ]),
  );
}

/** Milliseconds by name: the median of rounds in which every page has its turn. */
async function measure(repository, { id }, pages) {
  const times = new Map([...pages.keys()].map((name) => [name, []]));
  for (let round = -10; round < rounds; round += 1)
    for (const [name, [filter, cursor]] of pages) {
      const start = performance.now();
      const found = await repository.list({ userId: id }, filter, pageSize, cursor);
      if (found.length !== pageSize) throw new Error(`${name} has ${found.length} rows`);
      if (round >= 0) times.get(name).push(performance.now() - start);
    }
  return new Map([...times].map(([name, all]) => [name, median(all)]));
}

/** How the page is found: the nodes below its LIMIT, with the index. */
async function planOf(pool, { sql, parameters }) {
  const { rows } = await pool.query(`explain (analyze, buffers, format json) ${sql}`, [...parameters]);
  const [{ Plan: plan }] = rows[0]['QUERY PLAN'];
  const nodes = (node) => [node, ...(node.Plans ?? []).flatMap(nodes)];
  const limit = nodes(plan).find(
    (node) => node['Node Type'] === 'Limit' && node['Subplan Name'] === undefined,
  );
  const below = nodes(limit).slice(1);
  return {
    text: below
      .map((node) => `${node['Node Type']}${node['Index Name'] ? ` ${node['Index Name']}` : ''}`)
      .join(' < '),
    isIndexOnly:
      below.some((node) => node['Node Type'] === 'Index Only Scan' && node['Heap Fetches'] === 0) &&
      below.every((node) => !/Sort|Seq Scan|^Index Scan|Bitmap/.test(node['Node Type'])),
    isSeqFree: nodes(plan).every((node) => !/Seq Scan/.test(node['Node Type'])),
  };
}

function report([small, large], plans) {
  let isGood = true;
  for (const [name, ms] of large) {
    const before = small.get(name);
    const plan = plans.get(name);
    const isFlat = ms <= before * allowed.times + allowed.floorMs;
    const isKept = isFlat && plan.isIndexOnly && plan.isSeqFree;
    isGood &&= isKept;
    process.stdout.write(
      `${isKept ? 'ok  ' : 'MISS'} ${name.padEnd(30)} ${before.toFixed(2)} ms of a thousand, ${ms.toFixed(2)} ms of a million; ${plan.text}\n`,
    );
  }
  return isGood;
}

/** Counts everything that somebody has, so it grows with it: told, not judged. */
async function reportStats(repository, { id }) {
  const times = [];
  for (let round = 0; round < 7; round += 1) {
    const start = performance.now();
    await repository.stats({ userId: id });
    times.push(performance.now() - start);
  }
  process.stdout.write(`stats of a million: ${median(times).toFixed(0)} ms (a statement may take 900)\n`);
}

// Benchmark of listing generations of a user with a thousand and with a million rows: median of the repository's own query, and
// its query plan.
import { randomUUID } from 'node:crypto';
import { Kysely, PostgresDialect, type CompiledQuery } from 'kysely';
import pg from 'pg';
import type { Database } from '../../../../src/database/database.ts';
import type { DB } from '../../../../src/database/schema.ts';
import type {
  GenerationFilter,
  GenerationsRepository,
} from '../../../../src/features/generations/orders/generations.repository.ts';
import type { Caller } from '../../../../src/guards/route/caller.ts';
import { urlsOf } from '../embedded-database.ts';
import { median, say } from '../figures.ts';
import { planOf, type Plan } from './query-plan.ts';

const [few, many] = [1000, 1_000_000];
/** One row of another user per four of the measured user, so that reading the rows of all users is not fast. */
const othersShare = 4;
const pageSize = 21;
const rounds = 150;
/** Limit for a million rows: `times` the median of a thousand, plus `floorMs` for timer noise. */
const allowed = { times: 1.5, floorMs: 0.3, statsMs: 10 };
const [common, rare] = ['fal-ai/flux-pro/v1.1-ultra', 'fal-ai/veo3'];
const all: GenerationFilter = { statuses: null, modelId: null, projectId: null, favorite: null };

interface Owner {
  readonly caller: Caller;
  readonly project: string;
}

interface Page {
  readonly filter: GenerationFilter;
  readonly cursor: string | null;
}

type Pages = ReadonlyMap<string, Page>;
/** Median in milliseconds by name of the page. */
type Times = ReadonlyMap<string, number>;

/** @returns whether every page met the aim */
export async function benchListing(home: string): Promise<boolean> {
  const urls = urlsOf(home);
  const admin = new pg.Client({ connectionString: urls.superuser });
  await admin.connect();
  const { GenerationsRepository } =
    await import('#dist/src/features/generations/orders/generations.repository.js');
  const asked: CompiledQuery[] = [];
  const pool = new pg.Pool({ connectionString: urls.app(), max: 1 });
  const query = new Kysely<DB>({
    dialect: new PostgresDialect({ pool }),
    log: (event) => {
      asked.push(event.query);
    },
  }).withSchema('velro');
  const repository = new GenerationsRepository(onlyQueries(query));
  try {
    const owner = await makeOwner(admin);
    const measureUpTo = async (from: number, to: number): Promise<Times> => {
      await fill(admin, owner, from, to);
      return measure(repository, owner, await pagesOf(admin, owner));
    };
    const small = await measureUpTo(0, few);
    const large = await measureUpTo(few, many);
    const plans = new Map<string, Plan>();
    for (const [name, { filter, cursor }] of await pagesOf(admin, owner)) {
      asked.length = 0;
      await repository.list(owner.caller, filter, pageSize, cursor);
      const [first] = asked;
      if (first !== undefined) plans.set(name, await planOf(pool, first));
    }
    const isGood = report(small, large, plans);
    const isFlat = await isStatsFlat(repository, owner);
    const { rows } = await admin.query<{ heap: string; indexes: string }>(
      `select pg_size_pretty(pg_table_size('velro.generations')) as heap, pg_size_pretty(pg_indexes_size('velro.generations')) as indexes`,
    );
    for (const { heap, indexes } of rows) say(`a million rows: ${heap}, their indexes ${indexes}`);
    return isGood && isFlat;
  } finally {
    await query.destroy();
    await admin.end();
  }
}

/** A database that allows single statements only; transactions throw. */
function onlyQueries(query: Kysely<DB>): Database {
  const never = (): never => {
    throw new Error('a listing is one statement');
  };
  return { query, transaction: never, reserved: never, connections: never, isWritable: never, ping: never };
}

async function makeOwner(admin: pg.Client): Promise<Owner> {
  const [userId, project] = [randomUUID(), randomUUID()];
  await admin.query('insert into velro.users (id, email) values ($1, $2)', [userId, 'bench@example.com']);
  await admin.query('insert into velro.projects (id, user_id, name) values ($1, $2, $3)', [
    project,
    userId,
    'bench',
  ]);
  // As many as there are where a million generations are: of one, the planner reads all.
  await admin.query(
    "insert into velro.projects (id, user_id, name) select uuidv7(), $1, 'bench' from generate_series(1, 10000)",
    [userId],
  );
  await admin.query('analyze velro.projects');
  return {
    caller: {
      userId,
      sessionId: randomUUID(),
      tokenId: randomUUID(),
      role: 'user',
      ver: 1,
      authTime: 0,
      issuedAt: 0,
      expiresAt: 0,
      scopes: null,
      key: null,
    },
    project,
  };
}

/**
 * Inserts rows `from` up to `to`, oldest first. Rows that match a filter are among the oldest only, so that a query that scans
 * from the newest until it has a page is slow.
 */
async function fill(admin: pg.Client, owner: Owner, from: number, to: number): Promise<void> {
  const batch = 100_000;
  // Disables triggers and foreign key checks, which run per row and are not measured.
  await admin.query('set session_replication_role = replica');
  for (let at = from; at < to; at += batch) {
    const last = Math.min(at + batch, to) - 1;
    const values = [owner.caller.userId, owner.project, at, last, few / 2, common, rare];
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
      [owner.caller.userId],
    );
  }
  // What the triggers would have summed.
  await admin.query(
    `insert into velro.generation_sums as s
     select user_id, status, model_id, count(*), coalesce(sum(credits_cost) filter (where status = 'completed'), 0)
     from velro.generations where user_id = $1 and status in ('completed', 'failed', 'cancelled') group by 1, 2, 3
     on conflict (user_id, status, model_id) do update set count = excluded.count, credits = excluded.credits`,
    [owner.caller.userId],
  );
  await admin.query('reset session_replication_role');
  // Autovacuum would do this later.
  await admin.query('vacuum (analyze) velro.generations, velro.files');
}

/** Filter and cursor by name of the page. Deep pages start at a cursor. */
async function pagesOf(admin: pg.Client, { caller, project }: Owner): Promise<Pages> {
  const { rows } = await admin.query<{ id: string }>(
    `select id from velro.generations where user_id = $1 order by id offset $2::int limit 1`,
    [caller.userId, few / 4],
  );
  const deep = rows[0]?.id ?? null;
  const filters: Readonly<Record<string, Partial<GenerationFilter>>> = {
    'no filter': {},
    'status completed': { statuses: ['completed'] },
    'status failed': { statuses: ['failed'] },
    'status processing': { statuses: ['submitting', 'processing'] },
    model: { modelId: rare },
    project: { projectId: project },
    favorite: { favorite: true },
    'no favorite': { favorite: false },
  };
  const pages = new Map<string, Page>();
  for (const [name, part] of Object.entries(filters)) {
    const filter = { ...all, ...part };
    pages.set(`${name}, first page`, { filter, cursor: null });
    if (name !== 'status completed') pages.set(`${name}, deep`, { filter, cursor: deep });
  }
  return pages;
}

/** Medians over rounds, each of which lists every page once; ten warm-up rounds are not counted. */
async function measure(repository: GenerationsRepository, { caller }: Owner, pages: Pages): Promise<Times> {
  const times = new Map([...pages.keys()].map((name): [string, number[]] => [name, []]));
  for (let round = -10; round < rounds; round += 1)
    for (const [name, { filter, cursor }] of pages) {
      const start = performance.now();
      const found = await repository.list(caller, filter, pageSize, cursor);
      if (found.length !== pageSize) throw new Error(`${name} has ${found.length} rows`);
      if (round >= 0) times.get(name)?.push(performance.now() - start);
    }
  return new Map([...times].map(([name, measured]) => [name, median(measured)]));
}

function report(small: Times, large: Times, plans: ReadonlyMap<string, Plan>): boolean {
  let isGood = true;
  for (const [name, ms] of large) {
    const before = small.get(name) ?? 0;
    const plan = plans.get(name);
    const isFlat = ms <= before * allowed.times + allowed.floorMs;
    const isKept = isFlat && plan?.isIndexOnly === true && plan.isSeqFree;
    isGood &&= isKept;
    say(
      `${isKept ? 'ok  ' : 'MISS'} ${name.padEnd(30)} ${before.toFixed(2)} ms of a thousand, ${ms.toFixed(2)} ms of a million; ${plan?.text ?? 'no plan'}`,
    );
  }
  return isGood;
}

/** Measures `stats` of a million; returns whether it is as quick as a page. */
async function isStatsFlat(repository: GenerationsRepository, { caller }: Owner): Promise<boolean> {
  const times: number[] = [];
  let total = 0;
  for (let round = 0; round < 7; round += 1) {
    const start = performance.now();
    total = (await repository.stats(caller)).reduce((sum, { count }) => sum + count, 0);
    times.push(performance.now() - start);
  }
  if (total === 0) throw new Error('the sums are empty');
  const ms = median(times);
  say(`stats of ${total}: ${ms.toFixed(1)} ms (aim ${allowed.statsMs})`);
  return ms <= allowed.statsMs;
}

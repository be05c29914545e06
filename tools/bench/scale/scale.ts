// Benchmark of many instances on one database: 1, 10, 50, 100 and 200 of them, simulated by their feeds. Prints a table, and fails when an aim is missed; `--write` writes
// docs/scale.md, `--only=10,50` takes those numbers alone. Takes some minutes.
import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { format, resolveConfig } from 'prettier';
import { build, root } from '../../build.ts';
import { urlsOf } from '../support/embedded-database.ts';
import { say } from '../support/figures.ts';
import { acceptOn, silentProvider } from '../support/generations/acceptance.ts';
import { makePeople } from '../support/people.ts';
import { jwtSecretOf, startService, type Service } from '../support/service.ts';
import { databaseTime, startWideCluster, type WideCluster } from './cluster.ts';
import { Fleet } from './fleet.ts';
import { page, type Row } from './page.ts';

const { values } = parseArgs({
  options: { write: { type: 'boolean', default: false }, only: { type: 'string' } },
});
const counts = values.only?.split(',').map(Number) ?? [1, 10, 50, 100, 200];
const seconds = { settle: 3, idle: 10, progress: 8, accept: 8 };
const revocations = 60;
const perSecond = 500;
const aims = {
  idleCores: 0.1,
  revocationMs: { 100: 50, 200: 100 },
  progressMs: { at: 100, ms: 100 },
  accepted: 0.9,
} as const;

const quantile = (figures: readonly number[], share: number): number =>
  figures.toSorted((one, other) => one - other)[
    Math.min(figures.length - 1, Math.floor(figures.length * share))
  ] ?? Infinity;

/** Cores of the database, while `work` runs. */
async function cores<T>(
  { pid }: WideCluster,
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly cores: number }> {
  const [startedAt, before] = [performance.now(), databaseTime(pid)];
  const result = await work();
  return { result, cores: ((databaseTime(pid) - before) * 1000) / (performance.now() - startedAt) };
}

async function measure(
  instances: number,
  cluster: WideCluster,
  secret: string,
  front: Service,
  tokens: readonly string[],
): Promise<Row> {
  const fleet = await Fleet.start(instances, cluster.urls.app(), secret);
  const client = new pg.Client({ connectionString: cluster.urls.superuser });
  await client.connect();
  try {
    let beats = 0;
    client.on('notification', () => beats++);
    await client.query('listen velro_beat');
    await sleep(seconds.settle * 1000);
    beats = 0;
    const idle = await cores(cluster, () => sleep(seconds.idle * 1000));
    // One of them all, and of the service that takes orders.
    const beatsPerSecond = beats / seconds.idle;
    const delays: number[] = [];
    let missed = 0;
    for (let at = 0; at < revocations; at++) {
      const jti = randomUUID();
      const seen = await fleet.revoked(jti, () =>
        client.query(
          "insert into velro.revocations (kind, subject, expires_at) values ('jti', $1, now() + interval '15 minutes')",
          [jti],
        ),
      );
      delays.push(...seen.ms);
      missed += seen.missed;
      await sleep(50);
    }
    await client.query('unlisten *');
    const progress = await cores(cluster, () => fleet.progress(perSecond, seconds.progress));
    const accepted = await acceptOn(front.url, tokens, seconds.accept);
    return {
      instances,
      idle: { cores: idle.cores, beatsPerSecond },
      revocation: { p50: quantile(delays, 0.5), p99: quantile(delays, 0.99), missed },
      progress: {
        p50: quantile(progress.result, 0.5),
        p99: quantile(progress.result, 0.99),
        cores: progress.cores,
      },
      accepted,
    };
  } finally {
    await client.end();
    await fleet.stop();
  }
}

function missesOf(rows: readonly Row[]): string[] {
  const misses: string[] = [];
  const judge = (isMet: boolean, text: string): void => {
    say(`${isMet ? 'ok  ' : 'MISS'} ${text}`);
    if (!isMet) misses.push(text);
  };
  const alone = rows[0]?.accepted.perSecond ?? 0;
  for (const { instances, idle, revocation, progress, accepted } of rows) {
    const what = `${instances} instances`;
    judge(
      idle.cores <= aims.idleCores,
      `${what} with nothing to do: ${idle.cores.toFixed(3)} cores of the database (aim ${aims.idleCores})`,
    );
    const allowed = instances <= 100 ? aims.revocationMs[100] : aims.revocationMs[200];
    judge(
      revocation.missed === 0 && revocation.p99 <= allowed,
      `${what}: a revoked token is accepted nowhere any more after ${revocation.p99.toFixed(0)} ms (p99, aim ${allowed}), ${revocation.missed} times after ten seconds still somewhere`,
    );
    if (instances <= aims.progressMs.at)
      judge(
        progress.p99 <= aims.progressMs.ms,
        `${what}: ${perSecond} changes of generations a second are heard after ${progress.p99.toFixed(0)} ms (p99, aim ${aims.progressMs.ms})`,
      );
    judge(
      accepted.perSecond >= alone * aims.accepted,
      `${what}: ${accepted.perSecond.toFixed(0)} orders a second (aim ${(alone * aims.accepted).toFixed(0)}, of ${alone.toFixed(0)} with the fewest)`,
    );
  }
  return misses;
}

await build();
const provider = await silentProvider();
const first = await startService(provider.env);
const tokens = await makePeople(first, 1000);
const { home } = first;
const [secret, port] = [jwtSecretOf(first), urlsOf(home).port];
await first.stopKeeping();
const cluster = await startWideCluster(home, port);
const rows: Row[] = [];
try {
  const front = await startService({ ...provider.env, DATABASE_URL: cluster.urls.app(), JWT_SECRET: secret });
  try {
    for (const count of counts) {
      say(`… ${count}`);
      rows.push(await measure(count, cluster, secret, front, tokens));
    }
  } finally {
    await front.stop();
  }
} finally {
  await cluster.stop();
  await first.discard();
  provider.close();
}
const missed = missesOf(rows);
if (values.write) {
  const file = join(root, 'docs', 'scale.md');
  // What stands behind the table is written by hand.
  const before = await readFile(file, 'utf8').catch(() => '');
  const walls = before.slice(before.indexOf('## ')).trim();
  const text = page(rows, missed, new Date().toISOString().slice(0, 10), before.includes('## ') ? walls : '');
  await writeFile(file, await format(text, { ...(await resolveConfig(file)), parser: 'markdown' }));
  say(`written: ${file}`);
}
process.exitCode = missed.length === 0 ? 0 : 1;

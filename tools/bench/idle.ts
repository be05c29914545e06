// Benchmark of a service with nothing to do: how often it asks its embedded database, and how much of a core it takes for that.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { urlsOf } from './support/embedded-database.ts';
import { say } from './support/figures.ts';
import { startService } from './support/service.ts';

const aims = { perSecond: 16, share: 0.05 };
/** Seconds until it rests, longer than queues are looked at as often as busy ones, and of the measurement. */
const seconds = { before: 25, measured: 30 };

const service = await startService();
let misses = 0;
function report(text: string, isMet: boolean): void {
  if (!isMet) misses++;
  say(`${isMet ? 'ok  ' : 'MISS'} ${text}`);
}
try {
  const client = new pg.Client({ connectionString: urlsOf(service.home).superuser });
  await client.connect();
  /** Transactions, those of the database itself among them: what connections did lately comes seconds later, at both ends alike. */
  const transactions = async (): Promise<number> => {
    const { rows } = await client.query<{ count: string }>(
      'select xact_commit + xact_rollback as count from pg_stat_database where datname = current_database()',
    );
    return Number(rows[0]?.count);
  };
  /** Seconds of processor time. */
  const processorTime = (): number => {
    const stat = readFileSync(`/proc/${service.pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  };
  await sleep(seconds.before * 1000);
  const [asked, spent] = [await transactions(), processorTime()];
  await sleep(seconds.measured * 1000);
  const perSecond = ((await transactions()) - asked) / seconds.measured;
  const share = (processorTime() - spent) / seconds.measured;
  report(
    `${perSecond.toFixed(1)} transactions a second (aim ${aims.perSecond})`,
    perSecond <= aims.perSecond,
  );
  report(`${(share * 100).toFixed(1)} % of a core (aim ${aims.share * 100} %)`, share <= aims.share);
  await client.end();
} finally {
  await service.stop();
}
if (misses > 0) process.exitCode = 1;

import { describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventKeeping } from '../../../../config/policy/operations/security-events.js';
import { Secret } from '../../../../config/values/secret.js';
import { PostgresDatabase } from '../../../adapters/postgres/postgres-database.js';
import { SystemClock, SystemRandom } from '../../../adapters/system/system.js';
import { until } from '../../../../test/support/process/wait-until.js';
import { Log } from '../../../observability/log.js';
import { SecurityEvents } from '../../../observability/security-events.js';
import { EventWriter } from './event-writer.js';
import { SecurityEventsRepository, type KeptEvent } from './security-events.repository.js';

const nowhere = new PostgresDatabase(new Secret('postgres://nobody@127.0.0.1:1/none'), () => undefined);

/** A table that can be away, and that never takes some rows. */
class Table extends SecurityEventsRepository {
  isAway = false;
  readonly rows: KeptEvent[] = [];
  calls = 0;

  constructor() {
    super(nowhere);
  }

  override async add(events: readonly KeptEvent[]): Promise<void> {
    this.calls++;
    await sleep(1);
    if (this.isAway) throw new Error('timeout exceeded when trying to connect');
    if (events.some(({ text }) => text === 'POISON'))
      throw Object.assign(new Error('invalid'), { code: '22P05' });
    this.rows.push(...events);
  }
}

const setUp = () => {
  const [events, table] = [new SecurityEvents(Log.silent()), new Table()];
  const keeper = new EventWriter(events, table, new SystemClock(), new SystemRandom(), Log.silent());
  keeper.onModuleInit();
  const say = (text: string): void => {
    events.record({ event: 'authz_fail', level: 'LOW', text, response: 'none' });
  };
  return { table, keeper, say };
};

describe('the writer of events', () => {
  it('writes events in order, in batches, and none twice', async () => {
    const { table, keeper, say } = setUp();
    for (let at = 0; at < 1200; at++) say(String(at));
    await keeper.finish();
    expect(table.rows.map(({ text }) => text)).toEqual(Array.from({ length: 1200 }, (_, at) => String(at)));
    expect(table.calls).toBe(Math.ceil(1200 / eventKeeping.batch));
  });

  it('writes without a call of finish', async () => {
    const { table, say } = setUp();
    say('one');
    await until(() => table.rows.length > 0, 'a row');
    expect(table.rows).toHaveLength(1);
  });

  it('buffers the latest events up to its bound while the database is unavailable, and reports once how many were dropped', async () => {
    const { table, keeper, say } = setUp();
    table.isAway = true;
    for (let at = 0; at < eventKeeping.held + 700; at++) say(String(at));
    expect([keeper.size, keeper.dropped]).toEqual([eventKeeping.held, 700]);
    await sleep(700);
    // However much comes, it is tried now and then.
    expect(table.calls).toBeLessThan(5);
    table.isAway = false;
    await keeper.finish();
    expect(table.rows[0]?.text).toBe('700');
    const said = table.rows.filter(({ event }) => event === 'sys_monitor_disabled');
    expect(said.map(({ text, details }) => [text, details])).toEqual([
      ['EVENTS not kept while the database was away', { dropped: 700 }],
    ]);
  });

  it('is not blocked by a row that the database always rejects', async () => {
    const { table, keeper, say } = setUp();
    for (const text of ['one', 'POISON', 'two']) say(text);
    await keeper.finish();
    expect([table.rows.map(({ text }) => text), keeper.size, keeper.dropped]).toEqual([['one', 'two'], 0, 1]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PostgresCluster } from '../../src/adapters/embedded/postgres/postgres-cluster.js';
import { ask } from '../support/database/database.js';
import type { Line } from '../support/database/database-line.js';
import { EmbeddedFolders } from '../support/process/embedded-folder.js';
import { until } from '../support/process/wait-until.js';
import { operatorOf } from '../support/accounts/operator.js';
import { startBeside } from '../support/process/second-instance.js';
import { Service } from '../support/process/service.js';

/** A request that is one event and needs no database. */
const path = '/api/v1/auth/session';

interface Row {
  readonly request_id: string;
}

const kept = async (home: string): Promise<Set<string>> =>
  new Set(
    (
      await ask<Row>(
        home,
        "select request_id from velro.security_events where text like 'AUTH-MIDDLEWARE VIOLATION%'",
      )
    ).map((row) => row.request_id),
  );

/** Ids and times of the events that stand in the log. */
const logged = (service: Service): { id: string; at: number }[] =>
  service
    .lines()
    .filter(({ msg }) => msg.startsWith('SECURITY-EVENT AUTH-MIDDLEWARE VIOLATION'))
    .map((line) => ({ id: String(line['request_id']), at: Date.parse(String(line['time'])) }));

/** Asks from many addresses, `parallel` at a time, until told to stop; returns how many were answered and the slowest. */
async function load(
  service: Service,
  until: Promise<unknown>,
  parallel = 8,
): Promise<{ answered: number; slowestMs: number }> {
  let [stopped, answered, slowestMs] = [false, 0, 0];
  void until.then(() => (stopped = true));
  const one = async (): Promise<void> => {
    while (!stopped) {
      const start = performance.now();
      const answer = await service
        .visitor()
        .call(path, { token: 'invalid-token' })
        .catch(() => null);
      if (answer === null) return;
      answered++;
      slowestMs = Math.max(slowestMs, performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: parallel }, one));
  return { answered, slowestMs };
}

/** Load that goes on until it is ended. */
function begin(service: Service): [loading: Promise<unknown>, end: () => void] {
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  return [load(service, ended), end];
}

/** More than any test here loses, over more than the second that a kill may cost. */
const enough = async (service: Service): Promise<void> => {
  const start = performance.now();
  const hasEnough = (): boolean => logged(service).length > 400 && performance.now() - start > 1500;
  await until(hasEnough, 'more than 400 events');
};

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('security events in the database', () => {
  const folders = new EmbeddedFolders();
  afterAll(async () => {
    await folders.remove();
  });

  it('are all stored after a stop under load', async () => {
    const home = folders.prepared();
    const service = await Service.start({}, home);
    const [loading, end] = begin(service);
    await enough(service);
    service.signal('SIGTERM');
    await service.exited();
    end();
    await loading;
    expect(await service.exited()).toBe(0);
    const said = logged(service);
    const cluster = await PostgresCluster.open(home);
    try {
      expect(said.length).toBeGreaterThan(300);
      const rows = await kept(home);
      expect(said.filter(({ id }) => !rows.has(id))).toEqual([]);
      expect(
        await ask(home, "select count(*)::int as n from velro.security_events where event = 'sys_shutdown'"),
      ).toEqual([{ n: 1 }]);
    } finally {
      await cluster.stop();
    }
  });

  it('miss at most the last second after a kill -9 under load', async () => {
    const home = folders.prepared();
    const service = await Service.start({}, home);
    const [loading, end] = begin(service);
    await enough(service);
    const killedAt = Date.now();
    await service.kill();
    end();
    await loading;
    const said = logged(service);
    // The database has survived its service, and ends what that had asked of it.
    const left = "select from pg_stat_activity where usename = 'velro_app'";
    await until(async () => (await ask(home, left)).length === 0, 'an end of its connections');
    const rows = await kept(home);
    const lost = said.filter(({ id }) => !rows.has(id));
    expect(said.length).toBeGreaterThan(300);
    expect(lost.filter(({ at }) => at < killedAt - 1000)).toEqual([]);
    console.log(
      `kill -9: ${said.length} events, ${lost.length} lost, the oldest ${killedAt - Math.min(killedAt, ...lost.map(({ at }) => at))} ms old`,
    );
  });
});

describe('while the database is frozen for five seconds', () => {
  let first: Service;
  let second: Service;
  let line: Line;
  beforeAll(async () => {
    first = await Service.start();
    ({ service: second, line } = await startBeside(first));
  });
  afterAll(async () => {
    line.close();
    await second.discard();
    await first.discard();
  });

  it('requests that need no database are served, and no event is lost', async () => {
    line.freeze();
    const probe = second.visitor();
    const answered: [number, number, number] = [
      (await probe.call('/health/live')).status,
      (await probe.call('/ops/telemetry', { headers: operatorOf(second) })).status,
      (await probe.call('/metrics', { headers: operatorOf(second) })).status,
    ];
    expect(answered).toEqual([200, 200, 200]);
    const slow: number[] = [];
    const codes = new Set<number>();
    // Each is one event: an attack tool that asks for what is not there.
    for (const end = Date.now() + 5000; Date.now() < end;) {
      const start = performance.now();
      const { status } = await second.visitor().call('/none', { headers: { 'user-agent': 'sqlmap/1.8' } });
      slow.push(performance.now() - start);
      codes.add(status);
      // Fewer than are held: what goes beyond it is another test's.
      await pause(2);
    }
    expect([...codes]).toEqual([404]);
    // None waited for the database: that would be hundreds of milliseconds for each. A busy machine holds up one now and then.
    expect(slow.filter((ms) => ms >= 500).length).toBeLessThan(slow.length / 10);
    const { json } = await probe.call('/ops/telemetry', { headers: operatorOf(second) });
    expect(json.events.waiting).toBeGreaterThan(slow.length);
    line.thaw();
    const inDatabase = async (): Promise<number> =>
      (
        await ask<{ n: number }>(
          first.home,
          "select count(*)::int as n from velro.security_events where text = 'PROBE attack tool'",
        )
      )[0]?.n ?? 0;
    await until(async () => (await inDatabase()) === slow.length, 'every event in the database');
    expect((await probe.call('/ops/telemetry', { headers: operatorOf(second) })).json.events).toEqual({
      waiting: expect.any(Number),
      dropped: 0,
    });
  });
});

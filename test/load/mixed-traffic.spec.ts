import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ask, unbalanced } from '../support/database/database.js';
import { operatorOf } from '../support/accounts/operator.js';
import { loadSeconds } from '../support/load/load-size.js';
import { MixedTraffic } from '../support/load/mixed-traffic.js';
import { Service, signUp, type Account } from '../support/process/service.js';
import { until } from '../support/process/wait-until.js';

const seconds = loadSeconds(4);
/** Megabytes of the process after the traffic: it holds bounded structures alone, however long the traffic lasts. */
const residentAtMost = 700;

describe(`${seconds} seconds of mixed traffic`, () => {
  let service: Service;
  let traffic: MixedTraffic;
  beforeAll(
    async () => {
      service = await Service.start();
      const people: Account[] = [];
      for (let count = 0; count < 4; count++) people.push(await signUp(service));
      traffic = new MixedTraffic(service, people);
      await traffic.run(seconds);
    },
    (seconds + 120) * 1000,
  );
  afterAll(async () => {
    await service.discard();
  });

  it('gets no answer that its kind of client should not get', () => {
    expect(traffic.surprises).toEqual([]);
    expect(traffic.count('reader 0', 200)).toBeGreaterThan(0);
    expect(traffic.count('bad token', 401)).toBeGreaterThan(0);
    expect(traffic.count('unknown path', 404)).toBeGreaterThan(0);
    expect(traffic.count('wrong password', 401)).toBeGreaterThan(0);
  });

  it('admits each person ten generations an hour, and each accepted one completes and is paid once', async () => {
    expect(traffic.accepted.length).toBeGreaterThan(0);
    const rows = (): Promise<{ status: string; count: string }[]> =>
      ask(service.home, 'select status, count(*) from velro.generations group by status');
    await until(
      async () => (await rows()).every(({ status }) => status === 'completed'),
      'every accepted generation completes',
    );
    const ids = await ask<{ id: string }>(service.home, 'select id from velro.generations');
    expect(traffic.accepted.filter((id) => !ids.some((row) => row.id === id))).toEqual([]);
    // Of an acceptance that was answered by 503 nobody knows whether it took effect.
    const unanswered = [0, 1, 2, 3].reduce((sum, at) => sum + traffic.count(`creator ${at}`, 503), 0);
    expect(ids.length).toBeLessThanOrEqual(traffic.accepted.length + unanswered);
    const mostOfOne = await ask<{ most: number }>(
      service.home,
      'select max(n)::int as most from (select count(*) as n from velro.generations group by user_id) of_one',
    );
    expect(mostOfOne[0]?.most).toBeLessThanOrEqual(10);
    expect(await ask(service.home, "select from velro.credit_entries where kind = 'commit'")).toHaveLength(
      ids.length,
    );
    expect(await ask(service.home, unbalanced)).toEqual([]);
  });

  it('leaves a process of bounded size', async () => {
    const { text } = await service.visitor().call('/metrics', { headers: operatorOf(service) });
    const resident = Number(/^process_resident_memory_bytes (\S+)/m.exec(text)?.[1]) / 2 ** 20;
    expect(resident).toBeGreaterThan(50);
    expect(resident).toBeLessThan(residentAtMost);
  });
});

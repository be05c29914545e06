import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Dice } from '../../painter/drawing/random.js';
import { ask } from '../support/database/database.js';
import { faultKills, faultSeed } from '../support/generations/fault-kills.js';
import { ModelServer } from '../support/models/model-server.js';
import { EmbeddedFolders } from '../support/process/embedded-folder.js';
import { Service, signUp, type Account } from '../support/process/service.js';
import { until } from '../support/process/wait-until.js';

const kills = faultKills(3);
const seed = faultSeed();
const people = 4;

interface Sum {
  readonly scope: string;
  readonly reserved: number;
  readonly spent: number;
}

describe(`the budget of language models whose service is killed -9 ${kills} times (FAULT_SEED=${seed})`, () => {
  const folders = new EmbeddedFolders();
  const dice = new Dice(seed);
  let models: ModelServer;
  let service: Service;
  let home: string;
  beforeAll(async () => {
    [models, home] = [await ModelServer.start(), folders.prepared()];
    service = await start();
  });
  afterAll(async () => {
    await service.discard();
    await folders.remove();
    await models.stop();
  });

  const start = (): Promise<Service> =>
    Service.start(
      {
        AI_PROVIDER: 'gemini',
        GEMINI_API_KEY: 'key-of-the-provider',
        GEMINI_BASE_URL: models.url,
        AI_MAX_CALLS_PER_MIN_OTHER: '1000000',
        CHAT_RATE_LIMIT: '100000/minute',
        RATE_LIMIT_API_STANDARD: '100000/minute',
      },
      home,
    );
  const say = (account: Account): Promise<unknown> =>
    service
      .visitor()
      .call('/api/v1/chat', { token: account.token, body: { message: 'What is the answer?' } })
      // Killed with its service.
      .catch(() => null);
  const sums = () =>
    ask<Sum>(
      home,
      "select scope, sum(reserved_microusd)::int as reserved, sum(spent_microusd)::int as spent from velro.budget_sums where period like 'D%' group by scope",
    );
  const open = () => ask(home, 'select 1 from velro.ai_calls where settled_at is null');

  it('holds nothing of a call that was lost, and has spent what all calls cost, to the micro-dollar', async () => {
    const accounts: Account[] = [];
    for (let at = 0; at < people; at++) accounts.push(await signUp(service));
    models.betweenMs = 200;
    for (let kill = 0; kill < kills; kill++) {
      const before = models.seen.length;
      const asked = Promise.all(
        Array.from({ length: 12 }, (_, at) => accounts[at % people]).flatMap((one) =>
          one ? [say(one)] : [],
        ),
      );
      await until(() => models.seen.length > before, 'a call');
      await sleep(dice.whole(0, 300));
      await service.kill();
      await asked;
      service = await start();
    }
    await Promise.all(accounts.map(say));
    // Their time is over at once here; the next sweep settles them.
    await ask(
      home,
      "update velro.ai_calls set expires_at = now() - interval '1 second' where settled_at is null",
    );
    await until(async () => (await open()).length === 0, 'the settlement of what was lost');
    const calls = await ask<{ user_id: string; cost: number; lost: number; wrong: number }>(
      home,
      `select user_id, sum(cost_microusd)::int as cost, count(*) filter (where outcome = 'lost')::int as lost,
         count(*) filter (where outcome = 'lost' and (cost_microusd <> reserved_microusd or not is_estimated))::int as wrong
       from velro.ai_calls group by user_id`,
    );
    const all = calls.reduce((sum, { cost }) => sum + cost, 0);
    const byScope = new Map((await sums()).map((sum) => [sum.scope, sum]));
    expect([...byScope.values()].filter(({ reserved }) => reserved !== 0)).toEqual([]);
    expect(byScope.get('total:ai')?.spent).toBe(all);
    for (const { user_id, cost, wrong } of calls)
      expect([byScope.get(`person:${user_id}`)?.spent, wrong]).toEqual([cost, 0]);
    const [used] = await ask<{ cost: number }>(
      home,
      'select sum(cost_microusd)::int as cost from velro.usage_days',
    );
    expect(used?.cost).toBe(all);
    expect(calls.reduce((sum, { lost }) => sum + lost, 0)).toBeGreaterThan(0);
  });
});

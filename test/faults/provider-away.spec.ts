import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ask } from '../support/database/database.js';
import { eventually, FalService } from '../support/fal/fal-service.js';

const waiting = 300;

describe('a queue whose provider is unavailable', () => {
  let stage: FalService;
  let attempts: () => Promise<number>;
  beforeAll(async () => {
    stage = await FalService.start();
    await stage.fal.queueHost.refuse();
    const { id } = await stage.signUp();
    const { home } = stage.service;
    await ask(
      home,
      `insert into velro.generations (id, user_id, model_id, prompt, credits_cost)
       select uuidv7(), $1, 'fal-ai/flux-pro/v1.1-ultra', 'waves', 0 from generate_series(1, $2::int)`,
      [id, waiting],
    );
    attempts = async () => {
      const [row] = await ask<{ sum: string }>(home, 'select sum(attempts) from velro.generations');
      return Number(row?.sum);
    };
  });
  afterAll(async () => {
    await stage.stop();
  });

  it('stays queued except for a few probes', async () => {
    // As many failures as open the breaker.
    await eventually(async () => (await attempts()) >= 5);
    await sleep(3000);
    // All that are handed over at a time, once, and then one in each tick.
    expect(await attempts()).toBeLessThan(60);
  });

  it('is submitted, each job once, as soon as the provider is available', async () => {
    await stage.fal.queueHost.accept();
    await eventually(() => stage.fal.jobs.all.length === waiting);
    await sleep(500);
    expect(new Set(stage.fal.jobs.all.map(({ webhookUrl }) => webhookUrl)).size).toBe(waiting);
    expect(stage.fal.jobs.all).toHaveLength(waiting);
  });
});

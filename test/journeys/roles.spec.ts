import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ask } from '../support/database/database.js';
import { insist } from '../support/http/insist.js';
import { WebhookReceiver } from '../support/http/webhook-receiver.js';
import { withPolicy } from '../support/process/policy.js';
import { startSecond } from '../support/process/second-instance.js';
import { Service, type Account } from '../support/process/service.js';
import { until } from '../support/process/wait-until.js';
import { HostedSupabase } from '../support/supabase/hosted-supabase.js';

/** Whoever is not told looks so late that these tests would not see it. */
const streamPolicy = { lookAgainMs: 600_000 };
const told = withPolicy({
  generationPolicy: { idleAfterMs: 0, idleTickMs: 600_000 },
  webhookPolicy: { lookEveryMs: 600_000, idleLookEveryMs: 600_000 },
  streamPolicy,
});
/** And this one would look often. */
const often = withPolicy({ generationPolicy: { tickMs: 100, idleTickMs: 100 }, streamPolicy });
const plenty = { RATE_LIMIT_API_STANDARD: '100000/minute' };

describe('an instance that answers requests, and one that takes jobs', () => {
  let supabase: HostedSupabase;
  let web: Service;
  let worker: Service | null = null;
  let ada: Account;
  beforeAll(async () => {
    supabase = await HostedSupabase.start();
    web = await Service.start({ ...supabase.env, ...often, ROLE: 'web', DATABASE_POOL_SIZE: '4', ...plenty });
    ada = await supabase.signUp(web);
  });
  afterAll(async () => {
    await worker?.discard();
    await web.discard();
    await supabase.stop();
  });

  const create = async (): Promise<string> => {
    const body = { model_id: 'velro/canvas', prompt: 'a lighthouse over a violet sea' };
    const { status, json } = await insist(() =>
      ada.visitor.call('/api/v1/generations', { token: ada.token, body }),
    );
    expect(status).toBe(202);
    return json.id as string;
  };
  const stateOf = async (id: string): Promise<unknown> =>
    (await ada.visitor.call(`/api/v1/generations/${id}`, { token: ada.token })).json.status;
  /** Application names of the connections to the database, each with how many there are. */
  const connections = async (): Promise<ReadonlyMap<string, number>> => {
    const rows = await ask<{ name: string; count: string }>(
      web.home,
      'select application_name as name, count(*) from pg_stat_activity where datname = current_database() group by 1',
    );
    return new Map(rows.map(({ name, count }) => [name, Number(count)]));
  };

  it('the first alone accepts a generation and leaves it in the queue, with one connection for jobs', async () => {
    const id = await create();
    // A worker would have looked three times.
    await sleep(1500);
    expect(await stateOf(id)).toBe('queued');
    expect((await connections()).get('velro-queue') ?? 0).toBeLessThanOrEqual(1);
  });

  it('the first holds its pool, one for the operator and one that listens, however many ask at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => ada.visitor.call('/api/v1/generations', { token: ada.token })),
    );
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(0);
    const held = await connections();
    expect([held.get('velro'), held.get('velro-listen')]).toEqual([5, 1]);
  });

  describe('once the second runs', () => {
    beforeAll(async () => {
      worker = await startSecond(web, { ...supabase.env, ...told, ROLE: 'worker' });
    });

    it('it holds five connections for jobs beside the one of the first', async () => {
      const held = await connections();
      expect(held.get('velro-listen')).toBe(2);
      expect(held.get('velro-queue')).toBeLessThanOrEqual(6);
    });

    it('what waited is made', async () => {
      const { json } = await ada.visitor.call('/api/v1/generations', { token: ada.token });
      await until(async () => (await stateOf(json.data[0].id)) === 'completed', 'the picture');
    });

    it('a generation that the first accepts is made by the second at once, and shown by the first at once', async () => {
      const id = await create();
      const seen: string[] = [];
      const stream = ada.visitor.events(`/api/v1/generations/${id}/events`, ada.token, (event) => {
        seen.push(event);
        return false;
      });
      await until(() => seen.includes('completed'), 'the last event');
      await stream;
    });

    it.each([
      ['generation.completed', 'a generation that it makes', () => create()],
      [
        'conversation.answered',
        'an answer that the first gives',
        () =>
          ada.visitor.call('/api/v1/chat', { token: ada.token, body: { message: 'What is the answer?' } }),
      ],
    ])('it sends the webhook at once that says %s, of %s', async (type, _of, act) => {
      const receiver = await WebhookReceiver.start();
      try {
        const { status } = await ada.visitor.call('/api/v1/webhook-endpoints', {
          token: ada.token,
          body: { url: receiver.at('/hook'), event_types: [type] },
        });
        expect(status).toBe(201);
        // The first may be found by the look with which the second instance begins.
        for (let count = 1; count <= 2; count++) {
          await act();
          await until(() => receiver.received.length >= count, 'the webhook');
        }
      } finally {
        await receiver.stop();
      }
    });

    it('an export that is asked of the first is made by the second', async () => {
      const { json } = await ada.visitor.call('/api/v1/privacy/export', { method: 'POST', token: ada.token });
      const read = () => ada.visitor.call(`/api/v1/privacy/export/${json.id}`, { token: ada.token });
      await until(async () => (await read()).json.state === 'ready', 'the export');
    });

    it.each(['/health', '/health/live', '/health/ready'])('the second answers %s', async (path) => {
      expect((await fetch(`${worker?.url}${path}`)).status).toBe(200);
    });

    it.each(['/metrics', '/ops/telemetry'])('the second asks for the operator at %s', async (path) => {
      expect((await fetch(`${worker?.url}${path}`)).status).toBe(401);
    });

    it.each([
      '/api/v1/auth/me',
      '/api/v1/generations',
      '/api/v1/health',
      '/docs',
      '/',
      '/healthy',
      '/metrics/x',
    ])('the second knows no %s, whoever asks', async (path) => {
      const headers = { authorization: `Bearer ${ada.token}` };
      const answer = await fetch(`${worker?.url}${path}`, { headers });
      expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([404, 'not_found']);
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    });
  });
});

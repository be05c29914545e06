import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { webhookPolicy } from '../../config/policy/operations/webhook-endpoints.js';
import { Dice } from '../../painter/drawing/random.js';
import { ask } from '../support/database/database.js';
import { faultKills, faultSeed } from '../support/generations/fault-kills.js';
import {
  answers,
  hostile,
  verified,
  WebhookReceiver,
  type Reaction,
} from '../support/http/webhook-receiver.js';
import { EmbeddedFolders } from '../support/process/embedded-folder.js';
import { Service, signUp, type Account } from '../support/process/service.js';
import { until } from '../support/process/wait-until.js';

/** Each costs a start. */
const kills = Math.min(faultKills(3), 20);
const seed = faultSeed();

const late: Reaction = (response) => {
  setTimeout(() => response.writeHead(204).end(), 1500);
};
/** What receivers do until the last kill; all but the one that is gone answer well afterwards. */
const receivers: Readonly<Record<string, Reaction>> = {
  good: answers(204),
  late,
  hanging: hostile.hangs,
  resetting: hostile.resets,
  redirecting: answers(307, { location: '/elsewhere' }),
  failing: answers(503),
  flooding: hostile.floods,
};

interface Row {
  readonly id: string;
  readonly endpoint_id: string;
  readonly state: string;
  readonly object: string;
  readonly type: string;
}

describe(`receivers of webhooks, and a service that is killed ${kills} times (FAULT_SEED=${seed})`, () => {
  const folders = new EmbeddedFolders();
  const home = folders.prepared();
  const env = {
    ALLOW_LOOSER_LIMITS: 'true',
    DEFAULT_USER_CREDITS: '1000',
    RATE_LIMIT_API_STANDARD: '100000/minute',
    RATE_LIMIT_GENERATION_CREATE: '1000/hour',
  };
  let service: Service;
  let receiver: WebhookReceiver;
  let ada: Account;
  beforeAll(async () => {
    [service, receiver] = await Promise.all([Service.start(env, home), WebhookReceiver.start()]);
    ada = await signUp(service);
  });
  afterAll(async () => {
    await service.discard();
    await folders.remove();
    await receiver.stop();
  });

  const post = (path: string, body: object) =>
    service.visitor().call(`/api/v1${path}`, { method: 'POST', token: ada.token, body });
  const create = async (name: string, reaction: Reaction): Promise<{ id: string; secret: string }> => {
    const { json } = await post('/webhook-endpoints', {
      url: receiver.at(`/${name}`, reaction),
      event_types: ['generation.completed'],
    });
    return { id: String(json.id), secret: String(json.secret) };
  };
  const paint = () =>
    post('/generations', {
      model_id: 'velro/canvas',
      prompt: 'a storm over a harbour',
      parameters: { width: 256, height: 256 },
    });
  const rows = () =>
    ask<Row>(
      home,
      "select id, endpoint_id, state, event_type as type, body::jsonb -> 'data' ->> 'id' as object from velro.webhook_deliveries",
    );
  /**
   * Leases of the killed, waits between attempts and pauses end by themselves; here they end at once. While receivers still misbehave, of
   * deliveries that have attempts left for when they do not.
   */
  const hurry = async (attempts: number): Promise<void> => {
    await ask(
      home,
      `update velro.webhook_endpoints set work_at = now(), paused_until = null, lease = null
       where disabled_at is null and (lease is null or work_at < now() + interval '25 seconds')`,
    );
    await ask(
      home,
      "update velro.webhook_deliveries set next_attempt_at = now() where state = 'waiting' and attempts < $1",
      [attempts],
    );
  };

  it('lose no event, deliver each by the same id and body, and end as they should', async () => {
    const dice = new Dice(seed);
    const endpoints = new Map<string, { id: string; secret: string }>();
    for (const [name, reaction] of Object.entries(receivers))
      endpoints.set(name, await create(name, reaction));
    const gone = await create('gone', answers(503));
    for (let round = 0; round < kills; round++) {
      // What is under way when the kill comes may have been accepted or not: the database knows.
      const asked = [
        paint(),
        paint(),
        ...[...endpoints.values()].map(({ id }) => post(`/webhook-endpoints/${id}/test`, {})),
      ];
      if (round === kills - 1) receiver.at('/gone', answers(410));
      await Promise.race([Promise.allSettled(asked), sleep(dice.whole(0, 1500))]);
      await sleep(dice.whole(0, 1500));
      await service.kill();
      await Promise.allSettled(asked);
      await ask(
        home,
        'update velro.webhook_endpoints set work_at = now(), lease = null where disabled_at is null',
      );
      await hurry(webhookPolicy.retriesMs.length / 2);
      service = await Service.start(env, home);
    }
    for (const name of Object.keys(receivers)) receiver.at(`/${name}`);
    await paint();
    await until(
      async () =>
        (
          await ask(
            home,
            "select from velro.generations where status in ('queued', 'submitting', 'processing')",
          )
        ).length === 0,
      'the end of all generations',
    );
    let looks = 0;
    await until(async () => {
      if (looks++ % 20 === 0) await hurry(webhookPolicy.retriesMs.length + 1);
      return (await rows()).every(({ state }) => state !== 'waiting');
    }, 'the end of all deliveries');
    const stored = await rows();
    const done = await ask<{ id: string }>(
      home,
      "select id from velro.generations where status = 'completed'",
    );
    expect(done.length).toBeGreaterThan(kills);
    const ids = done.map(({ id }) => id).sort();
    for (const [name, { id, secret }] of endpoints) {
      const own = stored.filter((row) => row.endpoint_id === id);
      expect([
        name,
        own
          .filter(({ type }) => type !== 'webhook.test')
          .map(({ object }) => object)
          .sort(),
      ]).toEqual([name, ids]);
      expect([name, new Set(own.map(({ state }) => state))]).toEqual([name, new Set(['delivered'])]);
      const bodies = new Map<string, string>();
      for (const one of receiver.of(`/${name}`)) {
        verified(one, secret);
        const webhook = String(one.headers['webhook-id']);
        expect(bodies.get(webhook) ?? one.body).toBe(one.body);
        bodies.set(webhook, one.body);
      }
      expect([name, [...bodies.keys()].sort()]).toEqual([name, own.map((row) => row.id).sort()]);
    }
    // What a kill takes back is one turn of an endpoint.
    const { good } = Object.fromEntries(endpoints);
    const again = receiver.of('/good').length - stored.filter((row) => row.endpoint_id === good?.id).length;
    expect(again).toBeLessThanOrEqual(kills * webhookPolicy.atOnce);
    expect(receiver.of('/elsewhere')).toEqual([]);
    const [last] = await ask(
      home,
      'select disabled_reason, lease from velro.webhook_endpoints where id = $1',
      [gone.id],
    );
    expect(last).toEqual({ disabled_reason: 'gone', lease: null });
    const ofGone = stored.filter((row) => row.endpoint_id === gone.id).map(({ state }) => state);
    expect(ofGone).not.toEqual([]);
    expect(ofGone.filter((state) => state !== 'failed' && state !== 'cancelled')).toEqual([]);
    expect(
      await ask(home, "select from velro.notices where kind = 'webhook_endpoint_disabled'"),
    ).toHaveLength(1);
  });
});

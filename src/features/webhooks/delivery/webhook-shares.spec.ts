import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { webhookPolicy } from '../../../../config/policy/operations/webhook-endpoints.js';
import { MigratedDatabase } from '../../../../test/support/database/migrated-database.js';
import { HandClock } from '../../../../test/support/clock/hand-clock.js';
import { Log } from '../../../observability/log.js';
import { SecurityEvents, type SecurityEvent } from '../../../observability/security-events.js';
import { UnreadableEndpoints } from './unreadable-endpoints.js';
import { WebhookQueueRepository, type HeldEndpoint } from './webhook-queue.repository.js';

const { perAccountAtOnce, unreadableSkipMs, unreadableToldMs } = webhookPolicy;

describe('endpoints that are due', () => {
  let stage: MigratedDatabase;
  let queues: WebhookQueueRepository[];
  beforeAll(async () => {
    stage = await MigratedDatabase.start();
    queues = Array.from({ length: 6 }, () => new WebhookQueueRepository(stage.connect(), { tracing: null }));
  });
  afterAll(() => stage.stop());
  beforeEach(() => stage.asOwner('truncate velro.webhook_endpoints, velro.webhook_deliveries'));

  const [queue] = [() => queues[0] ?? new WebhookQueueRepository(stage.connect(), { tracing: null })];
  const account = async (): Promise<string> => {
    const id = randomUUID();
    await stage.asOwner(`insert into velro.users (id, email) values ('${id}', '${id}@example.com')`);
    return id;
  };
  /** Each with something to send, for longer than what is made later. Null: of the service. */
  const due = async (owner: string | null, count: number): Promise<void> => {
    for (let made = 0; made < count; made++) {
      const id = randomUUID();
      const of = owner === null ? 'null' : `'${owner}'`;
      await stage.asOwner(`insert into velro.webhook_endpoints (id, user_id, url, event_types, secret_sealed, work_at)
        values ('${id}', ${of}, 'https://hooks.example.com/', '{budget.reached}', '', now())`);
      await stage.asOwner(`insert into velro.webhook_deliveries (id, endpoint_id, event_type, body)
        values ('${randomUUID()}', '${id}', 'budget.reached', '{}')`);
    }
  };
  /** What so many workers of several instances take at one time, until they find nothing. */
  const takeAll = async (): Promise<HeldEndpoint[]> => {
    const held: HeldEndpoint[] = [];
    const worker = async (of: WebhookQueueRepository): Promise<void> => {
      for (let one = await of.claim(randomUUID()); one !== null; one = await of.claim(randomUUID()))
        held.push(one);
    };
    await Promise.all([...queues, ...queues].map(worker));
    return held;
  };
  const settled = { results: [], isGone: false, pauses: 0, pauseMs: 0 };

  it.each(['of an account', 'of the service'])(
    '%s are with four workers of all instances at one time at most, and keep no other account waiting',
    async (whose) => {
      const [hanging, other] = [whose === 'of the service' ? null : await account(), await account()];
      await due(hanging, 20);
      await due(other, 2);
      const held = await takeAll();
      held.push(...(await takeAll()));
      const of = (owner: string | null) => held.filter(({ userId }) => userId === owner);
      expect([of(hanging).length, of(other).length]).toEqual([perAccountAtOnce, 2]);
      // As each is settled, another one is taken.
      const [first] = of(hanging);
      if (first !== undefined) await queue().settle(first, { ...settled, pauseMs: 60_000 });
      expect((await takeAll()).map(({ userId }) => userId)).toEqual([hanging]);
    },
  );

  it('count no lease that has ended', async () => {
    const ada = await account();
    await due(ada, perAccountAtOnce);
    await takeAll();
    await takeAll();
    expect(await queue().claim(randomUUID())).toBeNull();
    await stage.asOwner('update velro.webhook_endpoints set work_at = now()');
    const again = [...(await takeAll()), ...(await takeAll())];
    expect(again).toHaveLength(perAccountAtOnce);
  });

  describe('and whose secret an instance cannot open', () => {
    const instance = () => {
      const [events, recorded, clock] = [
        new SecurityEvents(Log.silent()),
        [] as SecurityEvent[],
        new HandClock(),
      ];
      events.listen((event) => recorded.push(event));
      return { clock, recorded, unreadable: new UnreadableEndpoints(queue(), events, clock) };
    };
    const claim = async (skipped: readonly string[] = []): Promise<HeldEndpoint> => {
      const held = await queue().claim(randomUUID(), skipped);
      if (held === null) throw new Error('nothing is due');
      return held;
    };
    const rows = async () =>
      (
        await sql<{ attempts: number; state: string; failing_since: Date | null }>`
          select d.attempts, d.state, e.failing_since from velro.webhook_deliveries d
          join velro.webhook_endpoints e on e.id = d.endpoint_id`.execute(stage.connect().query)
      ).rows;

    it.each([true, false])(
      'are left without an attempt, and taken by another at once (of an account: %s)',
      async (isAccount) => {
        await due(isAccount ? await account() : null, 1);
        const { clock, recorded, unreadable } = instance();
        const held = await claim(unreadable.skipped());
        await unreadable.leave(held);
        expect([await rows(), recorded]).toEqual([
          [{ attempts: 0, state: 'waiting', failing_since: null }],
          [],
        ]);
        expect(await queue().claim(randomUUID(), unreadable.skipped())).toBeNull();
        const taken = await claim(instance().unreadable.skipped());
        expect(taken).toMatchObject({ id: held.id, due: held.due, unreadableSince: expect.any(Date) });
        await queue().noteReadable(taken);
        await queue().settle(taken, { ...settled, pauseMs: 0 });
        expect((await claim(instance().unreadable.skipped())).unreadableSince).toBeNull();
        clock.time += unreadableSkipMs;
        expect(unreadable.skipped()).toEqual([]);
      },
    );

    it('are told of once, when none could for a quarter of an hour', async () => {
      await due(await account(), 1);
      const { clock, recorded, unreadable } = instance();
      for (let minute = 0; minute < 30; minute++) {
        await unreadable.leave(await claim());
        const age = `update velro.webhook_endpoints set unreadable_since = to_timestamp(${clock.now() / 1000}) - interval '${minute + 1} minutes'`;
        if (minute === unreadableToldMs / 60_000 - 1) expect(recorded).toEqual([]);
        await stage.asOwner(age);
      }
      expect(recorded.map(({ text }) => text)).toEqual(['WEBHOOK-ENDPOINT secret unreadable']);
    });
  });
});

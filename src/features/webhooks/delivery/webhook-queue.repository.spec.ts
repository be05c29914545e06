import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { client } from '../../../../test/support/accounts/client.js';
import { auditLogOf } from '../../../../test/support/database/audit-log.js';
import { MigratedDatabase } from '../../../../test/support/database/migrated-database.js';
import { until } from '../../../../test/support/process/wait-until.js';
import type { PostgresDatabase } from '../../../adapters/postgres/postgres-database.js';
import { PublicUrl } from '../../../ports/public-url.js';
import { SystemRandom } from '../../../adapters/system/system.js';
import type { Transaction } from '../../../database/database.js';
import { WebhookEvents, type AccountEvent } from '../events/webhook-events.service.js';
import { accountOf } from '../endpoints/endpoint-owner.js';
import { WebhookEndpointsRepository } from '../endpoints/webhook-endpoints.repository.js';
import { WebhookDeliveriesRepository } from '../endpoints/webhook-deliveries.repository.js';
import {
  WebhookQueueRepository,
  type DeliveryResult,
  type HeldEndpoint,
  type SettledTurn,
} from './webhook-queue.repository.js';

describe('the queue of webhooks', () => {
  const events = new WebhookEvents(new PublicUrl('https://velro.example.com'));
  let stage: MigratedDatabase;
  let database: PostgresDatabase;
  let queue: WebhookQueueRepository;
  let ada: string;
  beforeAll(async () => {
    stage = await MigratedDatabase.start();
    database = stage.connect();
    queue = new WebhookQueueRepository(database, { tracing: null });
  });
  afterAll(async () => {
    await stage.stop();
  });
  beforeEach(async () => {
    await stage.asOwner(
      'truncate velro.webhook_endpoints, velro.webhook_deliveries, velro.webhook_sequences',
    );
    ada = randomUUID();
    await sql`insert into velro.users (id, email) values (${ada}, ${`${ada}@example.com`})`.execute(
      database.query,
    );
  });

  const rows = async (table: 'endpoints' | 'deliveries'): Promise<Record<string, unknown>[]> => {
    const { rows: found } = await sql<Record<string, unknown>>`
      select * from ${sql.raw(`velro.webhook_${table}`)} order by id`.execute(database.query);
    return found;
  };
  const endpoint = async (types = ['generation.completed']): Promise<string> => {
    const id = randomUUID();
    await sql`insert into velro.webhook_endpoints (id, user_id, url, event_types, secret_sealed)
      values (${id}, ${ada}, 'https://hooks.example.com/', ${types}, '')`.execute(database.query);
    return id;
  };
  const store = async (tx: Transaction, event: AccountEvent): Promise<void> => {
    await sql`select ${events.ofAccount(ada, event)}`.execute(tx);
  };
  const completed = (objectId: string = randomUUID()) => ({
    ...({ type: 'generation.completed', objectId, status: 'completed' } as const),
    path: `/generations/${objectId}`,
  });
  const happens = (event = completed()) => database.transaction((tx) => store(tx, event));
  const claim = async (): Promise<HeldEndpoint> => {
    const held = await queue.claim(randomUUID());
    if (held === null) throw new Error('nothing is due');
    return held;
  };
  const turn = (held: HeldEndpoint, change: Partial<DeliveryResult> = {}): SettledTurn => ({
    results: held.due.map(({ id }) => ({
      ...({ id, state: 'delivered', retryMs: null, status: 204, start: '', error: null } as const),
      ...{ durationMs: 3, ...change },
    })),
    ...{ isGone: false, pauses: 0, pauseMs: 0 },
  });
  const failure = { state: 'waiting', retryMs: 60_000, status: 500 } as const;

  it('gets an event for each endpoint that chose its type, and for no other', async () => {
    const chosen = [await endpoint(), await endpoint()].sort();
    await endpoint(['generation.failed']);
    await happens();
    expect((await rows('deliveries')).map((one) => one['endpoint_id']).sort()).toEqual(chosen);
    expect(new Set((await rows('deliveries')).map(({ body }) => body)).size).toBe(1);
  });

  it('gets nothing of a change that is rolled back', async () => {
    await endpoint();
    const broken = database.transaction(async (tx) => {
      await store(tx, completed());
      throw new Error('rolled back');
    });
    await expect(broken).rejects.toThrow('rolled back');
    expect(await rows('deliveries')).toEqual([]);
    expect(await queue.claim(randomUUID())).toBeNull();
  });

  it('numbers the events of an object without a gap or a repetition, also those at one time', async () => {
    await endpoint();
    const id = randomUUID();
    await Promise.all(Array.from({ length: 8 }, () => happens(completed(id))));
    const numbers = (await rows('deliveries')).map(
      ({ body }) => (JSON.parse(String(body)) as { data: { sequence: number } }).data.sequence,
    );
    expect(numbers.sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('counts events of an object that its owner named for that owner alone', async () => {
    await endpoint(['conversation.answered']);
    const [id, eve] = [randomUUID(), randomUUID()];
    await sql`insert into velro.users (id, email) values (${eve}, ${`${eve}@example.com`})`.execute(
      database.query,
    );
    const answered = {
      ...({ type: 'conversation.answered', objectId: id, status: 'whole' } as const),
      ...{ path: `/conversations/${id}`, isNamedByOwner: true },
    };
    await endpoint();
    await sql`insert into velro.webhook_endpoints (id, user_id, url, event_types, secret_sealed)
      values (gen_random_uuid(), ${eve}, 'https://hooks.example.com/', '{conversation.answered}', '')`.execute(
      database.query,
    );
    await happens(completed(id));
    for (const owner of [eve, ada, eve, ada])
      await sql`select ${events.ofAccount(owner, answered)}`.execute(database.query);
    const told = (await rows('deliveries')).map(
      ({ body }) => JSON.parse(String(body)) as { type: string; data: { sequence: number } },
    );
    expect(told.map(({ type, data }) => `${type} ${data.sequence}`).sort()).toEqual([
      ...['conversation.answered 1', 'conversation.answered 1'],
      ...['conversation.answered 2', 'conversation.answered 2'],
      'generation.completed 1',
    ]);
  });

  it('stores nothing, and reads no account, where nobody has an endpoint', async () => {
    await database.transaction(async (tx) => {
      const read = async (): Promise<Record<string, string>> => {
        const { rows: found } = await sql<{ table: string; count: string }>`
          select relname as table, seq_tup_read + coalesce(idx_tup_fetch, 0) + n_tup_ins + n_tup_upd as count
          from pg_stat_xact_all_tables where schemaname = 'velro' and relname ~ '^(webhook_|users)'`.execute(
          tx,
        );
        return Object.fromEntries(found.map(({ table, count }) => [table, count]));
      };
      const before = await read();
      await store(tx, completed());
      expect(await read()).toEqual(before);
    });
    expect(await rows('deliveries')).toEqual([]);
  });

  const ofService = async (types = ['generation.completed', 'security.event']): Promise<string> => {
    const id = randomUUID();
    await sql`insert into velro.webhook_endpoints (id, user_id, url, event_types, secret_sealed)
      values (${id}, null, 'https://hooks.example.com/', ${types}, '')`.execute(database.query);
    return id;
  };

  it('gives what is stored for the service, which keeps no two accounts waiting for each other', async () => {
    await ofService();
    const [eve, commits] = [randomUUID(), [] as (() => void)[]];
    await sql`insert into velro.users (id, email) values (${eve}, ${`${eve}@example.com`})`.execute(
      database.query,
    );
    const open = [ada, eve].map((owner) =>
      database.transaction(async (tx) => {
        await sql`select ${events.ofAccount(owner, completed())}`.execute(tx);
        await new Promise<void>((resolve) => commits.push(resolve));
      }),
    );
    await until(() => commits.length === 2, 'both events, in transactions that are open');
    expect(await queue.claim(randomUUID())).toBeNull();
    for (const commit of commits) commit();
    await Promise.all(open);
    const [first, second] = await Promise.all([queue.claim(randomUUID()), queue.claim(randomUUID())]);
    const held = first ?? second;
    expect([first, second]).toContain(null);
    expect(held).toMatchObject({ userId: null, due: [expect.anything(), expect.anything()] });
  });

  it('forgets no event for the service that is committed behind the settling of a turn', async () => {
    await ofService();
    await happens();
    const held = await claim();
    let commit = (): void => undefined;
    const open = new Promise<void>((resolve) => (commit = resolve));
    let isStored = false;
    const stored = database.transaction(async (tx) => {
      await store(tx, completed());
      isStored = true;
      await open;
    });
    await until(() => isStored, 'the event in its transaction');
    await queue.settle(held, turn(held, { ...failure, retryMs: 7_200_000 }));
    expect(await queue.claim(randomUUID())).toBeNull();
    commit();
    await stored;
    expect((await claim()).due).toHaveLength(1);
  });

  it('gives nothing of a paused endpoint of the service', async () => {
    await ofService();
    await happens();
    const held = await claim();
    await queue.settle(held, { ...turn(held), pauses: 1, pauseMs: 3_600_000 });
    await happens();
    expect(await queue.claim(randomUUID())).toBeNull();
  });

  it('stores an event of the service once, however often it is told', async () => {
    await Promise.all([ofService(), ofService()]);
    await endpoint(['security.event']);
    const id = new SystemRandom().timeOrderedUuid();
    const event = events.ofService({
      ...({ type: 'security.event', facts: { id }, path: '/admin/security/events' } as const),
      counted: null,
    });
    for (let told = 0; told < 3; told++) await sql`select ${event}`.execute(database.query);
    const stored = await rows('deliveries');
    expect(stored.map((one) => String(one['id']).slice(0, 15))).toEqual(
      Array.from({ length: 2 }, () => `${id.slice(0, 14)}7`),
    );
  });

  it('gets two events of an account at one time, of which one comes with the lock of the account', async () => {
    await Promise.all([endpoint(), endpoint()]);
    let isLocked = false;
    const first = database.transaction(async (tx) => {
      await sql`select from velro.users where id = ${ada} for update`.execute(tx);
      isLocked = true;
      await until(async () => {
        const { rows: waiting } =
          await sql`select from pg_stat_activity where wait_event_type = 'Lock'`.execute(tx);
        return waiting.length > 0;
      }, 'the other event');
      await store(tx, completed());
    });
    await until(() => isLocked, 'the lock of the account');
    await Promise.all([first, happens()]);
    expect(await rows('deliveries')).toHaveLength(4);
  });

  it('gives an endpoint to one worker alone, with five deliveries at most', async () => {
    await endpoint();
    for (let made = 0; made < 7; made++) await happens();
    const claimed = await Promise.all(Array.from({ length: 6 }, () => queue.claim(randomUUID())));
    const held = claimed.filter((one) => one !== null);
    expect(held.map(({ due }) => due.length)).toEqual([5]);
    await happens();
    expect(await queue.claim(randomUUID())).toBeNull();
    if (held[0] !== undefined) await queue.settle(held[0], turn(held[0]));
    expect((await claim()).due).toHaveLength(3);
  });

  it('gives what a worker had taken to another one once its lease has ended, which alone settles it', async () => {
    const id = await endpoint();
    await happens();
    const first = await claim();
    await sql`update velro.webhook_endpoints set work_at = now() where id = ${id}`.execute(database.query);
    const second = await claim();
    expect(second.due).toEqual(first.due);
    const before = [await rows('endpoints'), await rows('deliveries')];
    expect(await queue.settle(first, { ...turn(first), isGone: true })).toBeNull();
    expect([await rows('endpoints'), await rows('deliveries')]).toEqual(before);
    expect(await queue.settle(second, turn(second))).toBeNull();
    expect(await rows('deliveries')).toEqual([expect.objectContaining({ state: 'delivered', attempts: 1 })]);
    expect(await rows('endpoints')).toEqual([expect.objectContaining({ lease: null, work_at: null })]);
  });

  it('forgets no event that is stored while a turn is settled', async () => {
    await endpoint();
    await happens();
    const held = await claim();
    let commit = (): void => undefined;
    const open = new Promise<void>((resolve) => (commit = resolve));
    let isStored = false;
    const stored = database.transaction(async (tx) => {
      await store(tx, completed());
      isStored = true;
      await open;
    });
    await until(() => isStored, 'the event in its transaction');
    const settled = queue.settle(held, turn(held));
    await until(async () => {
      const { rows: waiting } =
        await sql`select from pg_stat_activity where wait_event_type = 'Lock'`.execute(database.query);
      return waiting.length > 0;
    }, 'the settling that waits');
    commit();
    await Promise.all([stored, settled]);
    expect((await claim()).due).toHaveLength(1);
  });

  it('sends a new event at once, though an earlier one waits for hours', async () => {
    await endpoint();
    await happens();
    const first = await claim();
    await queue.settle(first, turn(first, { ...failure, retryMs: 7_200_000 }));
    expect(await queue.claim(randomUUID())).toBeNull();
    await happens();
    const second = await claim();
    expect(second.due.map(({ id }) => id)).not.toContain(first.due[0]?.id);
    expect(second.due).toHaveLength(1);
  });

  it('sends a paused endpoint nothing, whatever happens, until its pause ends', async () => {
    const id = await endpoint();
    await happens();
    const held = await claim();
    await queue.settle(held, { ...turn(held, failure), pauses: 1, pauseMs: 3_600_000 });
    await happens();
    expect(await queue.claim(randomUUID())).toBeNull();
    await sql`update velro.webhook_endpoints set work_at = now(), paused_until = now() where id = ${id}`.execute(
      database.query,
    );
    expect(await claim()).toMatchObject({ pauses: 1, due: [expect.anything()] });
  });

  it('cancels what waits for an endpoint that is gone', async () => {
    await endpoint();
    await happens();
    const held = await claim();
    await happens();
    expect(await queue.settle(held, { ...turn(held, { state: 'failed' }), isGone: true })).toBe('gone');
    expect((await rows('deliveries')).map(({ state }) => state).sort()).toEqual(['cancelled', 'failed']);
    await happens();
    expect(await rows('deliveries')).toHaveLength(2);
  });

  it('cancels what waits for an endpoint that is gone a thousand at a time, and gives it to no worker', async () => {
    const id = await endpoint();
    await happens();
    const held = await claim();
    await sql`insert into velro.webhook_deliveries (id, endpoint_id, event_type, body)
      select gen_random_uuid(), ${id}, 'generation.completed', '{}' from generate_series(1, 2500)`.execute(
      database.query,
    );
    const waiting = async (): Promise<number> =>
      (await rows('deliveries')).filter(({ state }) => state === 'waiting').length;
    await queue.settle(held, { ...turn(held, { state: 'failed' }), isGone: true });
    const left = [await waiting()];
    for (let turns = 0; turns < 2; turns++) {
      expect(await queue.claim(randomUUID())).toBeNull();
      expect(await waiting()).toBe(left.at(-1));
      await sql`update velro.webhook_endpoints set work_at = now()`.execute(database.query);
      expect(await queue.claim(randomUUID())).toBeNull();
      left.push(await waiting());
    }
    expect(left).toEqual([1500, 500, 0]);
    expect(await rows('endpoints')).toEqual([expect.objectContaining({ lease: null, work_at: null })]);
  });

  describe('of a redelivery', () => {
    const tenMinutes = { keepDays: 30, everyMs: 600_000 };
    const since = new Date(Date.now() - 3_600_000);
    let id: string;
    let deliveries: WebhookDeliveriesRepository;
    beforeEach(async () => {
      id = await endpoint();
      deliveries = new WebhookDeliveriesRepository(database);
    });

    const sent = async (state: string, count: number, minutesAgo: number, type = 'generation.completed') => {
      const at = sql`now() - make_interval(mins => ${minutesAgo})`;
      await sql`insert into velro.webhook_deliveries (id, endpoint_id, event_type, body, state, next_attempt_at, attempts)
        select velro.version_7(substring(int8send(floor(extract(epoch from ${at}) * 1000)::bigint) from 3), uuid_send(gen_random_uuid())),
          ${id}, ${type}, '{}', ${state}, now() + interval '1 day', 3
        from generate_series(1, ${count})`.execute(database.query);
    };
    const begin = (status: 'failed' | 'all', of = ada) =>
      deliveries.begin(accountOf({ userId: of }), id, { since, status }, tenMinutes);
    const due = async (): Promise<number> => {
      const all = await rows('deliveries');
      return all.filter(({ state, attempts }) => state === 'waiting' && attempts === 0).length;
    };
    const finish = async (): Promise<void> => {
      await sql`update velro.webhook_deliveries set state = 'delivered' where state = 'waiting' and attempts = 0`.execute(
        database.query,
      );
      await sql`update velro.webhook_endpoints set lease = null, work_at = now()`.execute(database.query);
    };

    it('gets what was not delivered since then, a hundred at a time, and leaves the rest as it is', async () => {
      await sent('failed', 120, 30);
      await sent('cancelled', 100, 20);
      await sent('delivered', 2100, 25);
      await sent('waiting', 4, 10);
      await sent('failed', 7, 10, 'webhook.test');
      await sent('failed', 9, 90);
      expect(await begin('failed', randomUUID())).toBe(false);
      expect(await due()).toBe(0);
      expect(await begin('failed')).toBe(true);
      const seen: number[] = [];
      for (let turns = 0; turns < 6; turns++) {
        const held = await queue.claim(randomUUID());
        seen.push(await due());
        // Fifty wait: they are sent first.
        if (held !== null && turns === 0) {
          await queue.settle(held, turn(held));
          expect((await claim()).due).toHaveLength(5);
          expect(await due()).toBe(95);
        }
        await finish();
      }
      expect(seen.reduce((sum, one) => sum + one, 0)).toBe(220);
      expect(Math.max(...seen)).toBe(100);
      const left = (await rows('deliveries')).filter(({ state }) => state !== 'delivered');
      expect(left.map(({ state, attempts }) => `${String(state)} ${String(attempts)}`).sort()).toEqual([
        ...Array.from({ length: 16 }, () => 'failed 3'),
        ...Array.from({ length: 4 }, () => 'waiting 3'),
      ]);
      expect(await rows('endpoints')).toEqual([expect.objectContaining({ redeliver_from: null })]);
    });

    it('gets what was delivered too, where that is asked for', async () => {
      await sent('delivered', 3, 30);
      await sent('failed', 2, 30);
      await sent('delivered', 3, 90);
      expect(await begin('all')).toBe(true);
      await queue.claim(randomUUID());
      expect(await due()).toBe(5);
    });

    it('begins no other one while it is under way, nor for ten minutes', async () => {
      await sent('failed', 2, 30);
      expect([await begin('failed'), await begin('all')]).toEqual([true, false]);
      await queue.claim(randomUUID());
      expect(await begin('all')).toBe(false);
      await sql`update velro.webhook_endpoints set redelivered_at = now() - interval '11 minutes'`.execute(
        database.query,
      );
      expect(await begin('all')).toBe(true);
    });

    it('ends at an account that is disabled, and makes nothing due', async () => {
      await sent('failed', 300, 30);
      expect(await begin('failed')).toBe(true);
      await stage.asOwner(`update velro.users set disabled_at = now() where id = '${ada}'`);
      expect(await queue.claim(randomUUID())).toBeNull();
      expect(await rows('endpoints')).toEqual([
        expect.objectContaining({ redeliver_from: null, lease: null, work_at: null }),
      ]);
      expect(await due()).toBe(0);
    });

    it('gets nothing once the endpoint is disabled', async () => {
      await sent('failed', 300, 30);
      await begin('failed');
      const held = await claim();
      await queue.settle(held, { ...turn(held, { state: 'failed' }), isGone: true });
      expect(await rows('endpoints')).toEqual([
        expect.objectContaining({ redeliver_from: null, work_at: null }),
      ]);
      expect(await due()).toBe(0);
    });
  });

  it('gives nothing of an endpoint that was deleted, and loses it with its deliveries, in batches', async () => {
    const [id, other] = [await endpoint(), await endpoint()];
    for (let made = 0; made < 5; made++) await happens();
    const held = await claim();
    const owner = accountOf({ userId: ada });
    const endpoints = new WebhookEndpointsRepository(database, auditLogOf(database).trail);
    expect(await endpoints.remove(accountOf({ userId: randomUUID() }), held.id, client)).toBe(false);
    expect(await endpoints.remove(owner, held.id, client)).toBe(true);
    expect([await endpoints.find(owner, held.id), await endpoints.remove(owner, held.id, client)]).toEqual([
      null,
      false,
    ]);
    expect(await endpoints.enable(owner, held.id, client)).toBeNull();
    await queue.settle(held, { ...turn(held), isGone: true });
    await happens();
    const kept = held.id === id ? other : id;
    expect((await claim()).id).toBe(kept);
    expect(await queue.claim(randomUUID())).toBeNull();
    const [gone] = (await rows('endpoints')).filter((one) => one['id'] === held.id);
    expect(gone).toMatchObject({ secret_sealed: Buffer.alloc(0), disabled_reason: null });
    await queue.purgeEndpoints();
    expect(await rows('endpoints')).toHaveLength(2);
    expect([await queue.purgeRemoved(3), await queue.purgeRemoved(3), await queue.purgeRemoved(3)]).toEqual([
      3, 2, 0,
    ]);
    await queue.purgeEndpoints();
    expect((await rows('endpoints')).map((one) => one['id'])).toEqual([kept]);
    expect(await rows('deliveries')).toHaveLength(6);
  });

  it('loses deliveries of more than thirty days, in batches, and the numbers of objects long over', async () => {
    await endpoint();
    const old = randomUUID();
    for (const id of [old, randomUUID(), ada]) await happens(completed(id));
    const age = sql`now() - interval '31 days'`;
    await sql`update velro.webhook_deliveries set created_at = ${age} where body like ${`%${old}%`}`.execute(
      database.query,
    );
    await sql`update velro.webhook_sequences set changed_at = now() - interval '91 days' where object_id in (${old}, ${ada})`.execute(
      database.query,
    );
    expect([await queue.purge(10), await queue.purge(10), await queue.purgeSequences(10)]).toEqual([1, 0, 1]);
    expect(await rows('deliveries')).toHaveLength(2);
  });

  it('loses numbers of objects without a look at those of accounts, however many there are', async () => {
    await sql`
      with people as (
        insert into velro.users (id, email) select gen_random_uuid(), 's' || i || '@example.com' from generate_series(1, 20000) i returning id
      )
      insert into velro.webhook_sequences (object_id, user_id, last, changed_at) select id, id, 1, now() - interval '100 days' from people`.execute(
      database.query,
    );
    await sql`insert into velro.webhook_sequences (object_id, user_id, last, changed_at)
      select gen_random_uuid(), null, 1, now() - interval '91 days' from generate_series(1, 3)`.execute(
      database.query,
    );
    await stage.analyze();
    await database.transaction(async (tx) => {
      const read = async (): Promise<number> => {
        const { rows: found } = await sql<{ read: string }>`
          select seq_tup_read + idx_tup_fetch as read from pg_stat_xact_all_tables
          where relid = 'velro.webhook_sequences'::regclass`.execute(tx);
        return Number(found[0]?.read);
      };
      const before = await read();
      expect(await queue.purgeSequences(10, tx)).toBe(3);
      expect((await read()) - before).toBeLessThan(100);
    });
    await stage.asOwner("delete from velro.users where email like 's%@example.com'");
  });

  it('loses endpoints that were deleted without a look at the others, however many there are', async () => {
    await sql`
      insert into velro.webhook_endpoints (id, user_id, url, event_types, secret_sealed, removed_at)
      select gen_random_uuid(), ${ada}, 'https://hooks.example.com/', '{generation.completed}', '', case when i <= 3 then now() end
      from generate_series(1, 20000) i`.execute(database.query);
    await stage.analyze();
    await database.transaction(async (tx) => {
      const read = async (): Promise<number> => {
        const { rows: found } = await sql<{ read: string }>`
          select seq_tup_read + idx_tup_fetch as read from pg_stat_xact_all_tables
          where relid = 'velro.webhook_endpoints'::regclass`.execute(tx);
        return Number(found[0]?.read);
      };
      const before = await read();
      expect(await queue.purgeRemoved(1000, tx)).toBe(0);
      await queue.purgeEndpoints(tx);
      expect((await read()) - before).toBeLessThan(100);
    });
    expect(await rows('endpoints')).toHaveLength(19_997);
  });

  it('takes, settles and stores by the index, however many deliveries there are', async () => {
    const busy = await endpoint();
    await sql`
      insert into velro.webhook_deliveries (id, endpoint_id, event_type, body, state, next_attempt_at)
      select gen_random_uuid(), ${busy}, 'generation.completed', '{}',
        case when i % 2 = 0 then 'delivered' else 'waiting' end, now() + interval '1 day'
      from generate_series(1, 200000) i`.execute(stage.connect().query);
    await stage.analyze();
    await happens();
    await database.transaction(async (tx) => {
      const read = async (): Promise<number> => {
        const { rows: found } = await sql<{ read: string }>`
          select seq_tup_read + idx_tup_fetch as read from pg_stat_xact_all_tables
          where relid = 'velro.webhook_deliveries'::regclass`.execute(tx);
        return Number(found[0]?.read);
      };
      const before = await read();
      const token = randomUUID();
      const { rows: taken } = await sql<{ id: string }>`
        select id from velro.claim_webhook_endpoint(${token}::uuid, 45000, 5)`.execute(tx);
      expect(taken).toHaveLength(1);
      const results = [{ id: taken[0]?.id, state: 'delivered', retry_ms: null, duration_ms: 3 }];
      await sql`select velro.settle_webhook_turn(${busy}::uuid, ${token}::uuid, ${JSON.stringify(results)}::jsonb, false, 0, 0, 1000)`.execute(
        tx,
      );
      await store(tx, completed());
      expect((await read()) - before).toBeLessThan(100);
      await sql`set local max_parallel_workers_per_gather = 0`.execute(tx);
      await sql`select count(body) from velro.webhook_deliveries`.execute(tx);
      expect((await read()) - before).toBeGreaterThan(200_000);
    });
  });
});

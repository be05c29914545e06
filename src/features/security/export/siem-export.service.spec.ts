import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import pg from 'pg';
import { siemLimits, type SiemLimits } from '../../../../config/policy/operations/siem.js';
import { MigratedDatabase } from '../../../../test/support/database/migrated-database.js';
import { until } from '../../../../test/support/process/wait-until.js';
import type { PostgresDatabase } from '../../../adapters/postgres/postgres-database.js';
import { SystemRandom } from '../../../adapters/system/system.js';
import { Log } from '../../../observability/log.js';
import { SecurityEvents, type SecurityEvent } from '../../../observability/security-events.js';
import { SiemReceiver, SiemRefused, type SiemBatch } from '../../../ports/delivery/siem-receiver.js';
import { SecurityEventsRepository, type KeptEvent } from '../events/security-events.repository.js';
import { SiemExportRepository } from './siem-export.repository.js';
import { SiemExport } from './siem-export.service.js';

const random = new SystemRandom();
const running = (): AbortSignal => new AbortController().signal;
const limits: SiemLimits = { ...siemLimits, batch: 4, retryMs: 1, retryAtMostMs: 1 };

/** Takes batches, or does what a test says. */
class Receiver extends SiemReceiver {
  readonly isConfigured = true;
  readonly batches: SiemBatch[] = [];
  /** Asked before a batch is taken. */
  before: (batch: SiemBatch, signal: AbortSignal) => Promise<void> = () => Promise.resolve();

  async deliver(batch: SiemBatch, signal: AbortSignal): Promise<void> {
    await this.before(batch, signal);
    this.batches.push(batch);
  }

  get ids(): string[] {
    return this.batches.flatMap(({ records }) => records.map(({ id }) => id));
  }
}

const away = (): Promise<never> => Promise.reject(new Error('away'));

describe('the export of security events', () => {
  let stage: MigratedDatabase;
  let database: PostgresDatabase;
  let kept: SecurityEventsRepository;
  let exports: SiemExportRepository;
  let receiver: Receiver;
  let recorded: SecurityEvent[];
  let service: SiemExport;
  beforeAll(async () => {
    stage = await MigratedDatabase.start();
    database = stage.connect();
    kept = new SecurityEventsRepository(database);
    exports = new SiemExportRepository(database, random);
  });
  afterAll(() => stage.stop());
  beforeEach(async () => {
    await stage.asOwner('truncate velro.security_events, velro.siem_refused_events');
    await stage.asOwner(
      'update velro.siem_export set position = 0, claim = null, due_at = now(), failures = 0, expired = 0, refused = 0, refused_in_row = 0',
    );
    receiver = new Receiver();
    recorded = [];
    service = serviceWith(receiver);
  });

  const serviceWith = (own: SiemReceiver): SiemExport => {
    const events = new SecurityEvents(Log.silent());
    events.listen((event) => recorded.push(event));
    return new SiemExport(own, exports, events, Log.silent(), {
      server: {
        port: 0,
        publicUrl: 'https://api.example.com',
        instances: 1,
        role: 'all',
        shutdownGraceMs: 0,
        compression: false,
        caching: false,
      },
    });
  };
  const eventOf = (at = new Date()): KeptEvent => ({
    id: random.timeOrderedUuid(),
    at,
    event: 'authz_fail',
    level: 'HIGH',
    text: 'AUTHORIZATION role refused',
    response: 'refused',
  });
  const store = async (count: number): Promise<string[]> => {
    const events = Array.from({ length: count }, () => eventOf());
    await kept.add(events);
    return events.map(({ id }) => id);
  };
  /** As a later version has stored it, before it was rolled back. */
  const storeLater = async (): Promise<void> => {
    const [id = ''] = await store(1);
    await stage.asOwner(
      `update velro.security_events set event = 'authn_of_a_later_version' where id = '${id}'`,
    );
  };
  const row = () => database.query.selectFrom('siem_export').selectAll().executeTakeFirstOrThrow();
  const due = () => sql`update velro.siem_export set due_at = now()`.execute(database.query);
  const sizes = () => receiver.batches.map(({ records }) => records.length);

  it('delivers events whose name this version does not know, as activities of another kind, and what comes behind', async () => {
    await storeLater();
    const behind = await store(1);
    await service.run(running(), limits);
    expect(receiver.ids.slice(1)).toEqual(behind);
    expect(receiver.batches[0]?.records[0]?.json).toContain(
      '"activity_id":99,"activity_name":"authn_of_a_later_version","type_uid":600399',
    );
  });

  it('delivers every event once, in the order in which they were stored, in bounded batches', async () => {
    const first = await store(6);
    // An event that waited for the database has an earlier id, and is not passed over.
    const late = { ...eventOf(), id: '01890000-0000-7000-8000-000000000001' };
    await kept.add([late]);
    const last = await store(3);
    await service.run(running(), limits);
    expect([receiver.ids, sizes()]).toEqual([
      [...first, late.id, ...last],
      [4, 4, 2],
    ]);
    await service.run(running(), limits);
    expect(receiver.batches).toHaveLength(3);
    const more = await store(1);
    await service.run(running(), limits);
    expect(receiver.ids.slice(10)).toEqual(more);
  });

  it('names each batch by its positions, and cuts one that is too long', async () => {
    await store(3);
    await service.run(running(), { ...limits, batchBytes: 1 });
    expect(sizes()).toEqual([1, 1, 1]);
    expect(new Set(receiver.batches.map(({ id }) => id)).size).toBe(3);
    for (const { id } of receiver.batches) expect(id).toMatch(/^\d+-\d+$/);
  });

  it('delivers a batch again under the same ids after a failure, none of it is lost, and half as many are tried', async () => {
    const ids = await store(6);
    receiver.before = away;
    await service.run(running(), limits);
    expect([receiver.batches, (await row()).failures, (await row()).position]).toEqual([[], 1, '0']);
    await due();
    receiver.before = () => Promise.resolve();
    await service.run(running(), limits);
    expect([receiver.ids, sizes(), (await row()).failures]).toEqual([ids, [2, 4], 0]);
  });

  it('waits between two tries, longer each time, and no other instance tries meanwhile', async () => {
    await store(1);
    let tries = 0;
    receiver.before = () => {
      tries++;
      return away();
    };
    const slow = { ...limits, retryMs: 3_600_000, retryAtMostMs: 10 * 3_600_000 };
    const hours = async (): Promise<number> => {
      const { rows } = await sql<{
        hours: number;
      }>`select round(extract(epoch from due_at - now()) / 3600)::int as hours from velro.siem_export`.execute(
        database.query,
      );
      return rows[0]?.hours ?? 0;
    };
    const waits: number[] = [];
    for (let failure = 1; failure <= 5; failure++) {
      await service.run(running(), slow);
      await serviceWith(receiver).run(running(), slow);
      expect(tries).toBe(failure);
      waits.push(await hours());
      await due();
    }
    expect(waits).toEqual([1, 2, 4, 8, 10]);
  });

  describe('to a SIEM that refuses events', () => {
    const asideIds = async (): Promise<unknown[]> => {
      const { rows } = await sql<{ event_id: string; status: number }>`
        select event_id, status from velro.siem_refused_events order by position`.execute(database.query);
      return rows.map(({ event_id: id, status }) => `${id} ${status}`);
    };
    /** Refuses batches that have one of these. */
    const refuse = (ids: readonly (string | undefined)[], cause: () => Error): void => {
      receiver.before = ({ records }) =>
        records.some(({ id }) => ids.includes(id)) ? Promise.reject(cause()) : Promise.resolve();
    };
    const wide = { ...limits, batch: 64, retryMs: 3_600_000, retryAtMostMs: 3_600_000 };

    it.each([400, 413, 422])(
      'by %i puts those aside alone, says so once, and goes on without a wait',
      async (status) => {
        const ids = await store(64);
        const odd = [ids[0], ids[37], ids[38], ids[63]];
        refuse(odd, () => new SiemRefused(status));
        await service.run(running(), wide);
        expect(receiver.ids).toEqual(ids.filter((id) => !odd.includes(id)));
        expect(await asideIds()).toEqual(odd.map((id) => `${id} ${status}`));
        expect(await row()).toMatchObject({ failures: 0, refused: '4', claim: null });
        expect(await exports.lag(10)).toMatchObject({ waiting: 0, refused: 4 });
        expect(recorded.map(({ text, details }) => [text, details])).toEqual(
          odd.map((id) => ['SIEM refused an event', { event_id: id, status }]),
        );
        // From the beginning again: what was refused is tried again, and told of no more.
        await sql`update velro.siem_export set position = 0`.execute(database.query);
        receiver.batches.length = 0;
        await service.run(running(), wide);
        expect(receiver.ids).toEqual(ids.filter((id) => !odd.includes(id)));
        expect([recorded.length, (await asideIds()).length]).toEqual([4, 4]);
      },
    );

    it('one after the other has ten of them put aside, and keeps the rest until it takes one', async () => {
      const ids = await store(14);
      refuse(ids, () => new SiemRefused(400));
      await service.run(running(), wide);
      expect([await asideIds(), (await row()).failures]).toEqual([
        ids.slice(0, 10).map((id) => `${id} 400`),
        1,
      ]);
      await due();
      await service.run(running(), wide);
      expect([(await asideIds()).length, (await row()).failures]).toEqual([10, 2]);
      await due();
      receiver.before = () => Promise.resolve();
      await service.run(running(), wide);
      expect([receiver.ids, (await row()).refused_in_row]).toEqual([ids.slice(10), 0]);
    });

    it('has no event about the refusal of an event about a refusal', async () => {
      const [id = ''] = await store(1);
      await stage.asOwner(
        `update velro.security_events set text = 'SIEM refused an event' where id = '${id}'`,
      );
      refuse([id], () => new SiemRefused(422));
      await service.run(running(), wide);
      expect([await asideIds(), recorded]).toEqual([[`${id} 422`], []]);
    });

    it('with another reason than the event keeps everything waiting', async () => {
      const ids = await store(3);
      refuse(ids, () => new Error('the SIEM answered 401'));
      for (let tries = 0; tries < 6; tries++) {
        await service.run(running(), limits);
        await due();
      }
      expect([await asideIds(), (await row()).position, (await row()).failures]).toEqual([[], '0', 6]);
    });

    it('loses the ids of events that are no longer stored', async () => {
      const ids = await store(2);
      refuse(ids, () => new SiemRefused(400));
      await service.run(running(), wide);
      await stage.asOwner('truncate velro.security_events');
      const [later = ''] = await store(1);
      refuse([later], () => new SiemRefused(400));
      await service.run(running(), wide);
      expect(await asideIds()).toEqual([`${later} 400`]);
    });

    it('that is taken over meanwhile puts nothing aside', async () => {
      const [id] = await store(1);
      receiver.before = async () => {
        await sql`update velro.siem_export set claim = gen_random_uuid()`.execute(database.query);
        throw new SiemRefused(400);
      };
      await service.run(running(), wide);
      expect([id === undefined, await asideIds(), (await row()).position, recorded]).toEqual([
        false,
        [],
        '0',
        [],
      ]);
    });
  });

  it('is one event when failures do not end, and one when they do', async () => {
    const ids = await store(1);
    receiver.before = away;
    const said = () => recorded.map(({ text }) => text);
    for (let failure = 1; failure < limits.failuresOfOutage; failure++) {
      await due();
      await service.run(running(), limits);
    }
    expect(said()).toEqual([]);
    for (let failure = 0; failure < 3; failure++) {
      await due();
      await service.run(running(), limits);
    }
    expect(said()).toEqual(['SIEM takes no events']);
    await due();
    receiver.before = () => Promise.resolve();
    await service.run(running(), limits);
    expect([said(), receiver.ids]).toEqual([['SIEM takes no events', 'SIEM takes events again'], ids]);
  });

  it('is done by one instance at a time, and by another one once the lease is over', async () => {
    const ids = await store(2);
    const released = { first: false, second: false };
    const second = new Receiver();
    receiver.before = () => until(() => released.first, 'a release').then(() => undefined);
    second.before = () => until(() => released.second, 'a release').then(() => undefined);
    const first = service.run(running(), limits);
    await until(async () => (await row()).claim !== null, 'a lease');
    const { claim } = await row();
    await serviceWith(second).run(running(), limits);
    expect((await row()).claim).toBe(claim);
    await due();
    const taken = serviceWith(second).run(running(), limits);
    await until(async () => (await row()).claim !== claim, 'another lease');
    const over = await row();
    // The first one delivers what it holds, moves nothing and ends.
    released.first = true;
    await first;
    expect([receiver.ids, second.ids, await row()]).toEqual([ids, [], over]);
    released.second = true;
    await taken;
    expect([second.ids, (await row()).claim]).toEqual([ids, null]);
    expect(Number((await row()).position)).toBeGreaterThan(0);
  });

  it('moves no cursor that somebody set back meanwhile, and starts over from there', async () => {
    const ids = await store(3);
    await service.run(running(), limits);
    const later = await store(1);
    receiver.before = async () => {
      await sql`update velro.siem_export set position = 0`.execute(database.query);
      receiver.before = () => Promise.resolve();
    };
    await service.run(running(), limits);
    await service.run(running(), limits);
    expect(receiver.ids).toEqual([...ids, ...later, ...ids, ...later]);
  });

  it('gives up a delivery at a stop without counting a failure', async () => {
    const ids = await store(1);
    const stopping = new AbortController();
    let isDelivering = false;
    receiver.before = (_batch, signal) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          reject(new Error('aborted'));
        });
        isDelivering = true;
      });
    const run = service.run(stopping.signal, limits);
    await until(() => isDelivering, 'a delivery');
    stopping.abort();
    await run;
    expect(await row()).toMatchObject({ failures: 0, claim: null, position: '0' });
    const second = new Receiver();
    await serviceWith(second).run(running(), limits);
    expect(second.ids).toEqual(ids);
  });

  it('passes over nothing whose transaction is still open, and waits for it', async () => {
    const open = new pg.Client({ connectionString: stage.appUrl });
    await open.connect();
    const [held] = [eventOf()];
    await open.query('begin');
    await open.query(
      `insert into velro.security_events (id, at, event, level, text, response)
       values ($1, now(), 'authz_fail', 'HIGH', 'HELD back', 'none')`,
      [held.id],
    );
    const later = await store(1);
    await expect(service.run(running(), limits)).rejects.toThrow();
    expect([receiver.batches, (await row()).position, (await row()).claim]).toEqual([[], '0', null]);
    await open.query('commit');
    await open.end();
    await service.run(running(), limits);
    expect(receiver.ids).toEqual([held.id, ...later]);
  });

  it('waits for nobody who may only sign in to the database', async () => {
    const stranger = new pg.Client({ connectionString: await stage.strangerUrl() });
    await stranger.connect();
    await stranger.query('begin');
    await expect(stranger.query('lock table velro.security_event_gate in exclusive mode')).rejects.toThrow(
      'permission denied',
    );
    const ids = await store(2);
    await service.run(running(), limits);
    expect(receiver.ids).toEqual(ids);
    await stranger.end();
  });

  it('counts what is deleted by age before it was delivered, where there is an export', async () => {
    const old = new Date(Date.now() - 100 * 86_400_000);
    const oldEvent = (at: number): KeptEvent => ({
      ...eventOf(old),
      id: `0189${String(at).padStart(4, '0')}-0000-7000-8000-000000000001`,
    });
    await kept.add([oldEvent(1), oldEvent(2)]);
    await service.run(running(), limits);
    await kept.add([oldEvent(3), oldEvent(4), oldEvent(5)]);
    await store(1);
    const before = new Date(Date.now() - 90 * 86_400_000);
    expect(await kept.purge(before, true)).toEqual({ deleted: 5, unexported: 3 });
    expect(await exports.lag(10)).toMatchObject({ waiting: 1, expired: 3 });
    await kept.add([oldEvent(6)]);
    expect(await kept.purge(before, false)).toEqual({ deleted: 1, unexported: 0 });
    expect(await exports.lag(10)).toMatchObject({ waiting: 1, expired: 3 });
  });

  it('has a lag of what waits and of the age of the oldest, counted up to a bound', async () => {
    expect(await exports.lag(10)).toEqual({ waiting: 0, oldestSeconds: 0, expired: 0, refused: 0 });
    await kept.add([eventOf(new Date(Date.now() - 3_600_000)), eventOf(), eventOf()]);
    const lag = await exports.lag(2);
    expect(lag.waiting).toBe(2);
    expect(Math.round(lag.oldestSeconds / 3600)).toBe(1);
    await service.run(running(), limits);
    expect(await exports.lag(10)).toMatchObject({ waiting: 0, oldestSeconds: 0 });
  });
});

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { auditLogOf, auditSettings, type AuditLog } from '../../../../test/support/database/audit-log.js';
import { MigratedDatabase } from '../../../../test/support/database/migrated-database.js';
import type { PostgresDatabase } from '../../../adapters/postgres/postgres-database.js';
import { SystemClock } from '../../../adapters/system/system.js';
import type { Transaction } from '../../../database/database.js';
import { Log } from '../../../observability/log.js';
import type { AlertService } from '../../security/alerts/alert.service.js';
import { emptyHead, macOf } from '../chain/audit-chain.js';
import { verifyAuditLog } from '../chain/audit-verification.js';
import { AuditRetention } from '../retention/audit.retention.js';
import { recogniseCheckpoint, verifyCheckpoints } from './checkpoint-verification.js';
import { CheckpointsService } from './checkpoints.service.js';

const forever = new AbortController().signal;
const day = 24 * 3600 * 1000;

describe('the audit log', () => {
  let stage: MigratedDatabase;
  let database: PostgresDatabase;
  let log: AuditLog;
  let told: string[];
  let checkpoints: CheckpointsService;
  const settings = auditSettings();
  beforeAll(async () => {
    stage = await MigratedDatabase.start();
    database = stage.connect({ isAudited: true });
  });
  afterAll(() => stage.stop());
  beforeEach(async () => {
    await stage.asOwner(
      `truncate velro.audit_entries, velro.audit_trims, velro.audit_checkpoints restart identity;
       update velro.audit_streams set position = 0, head = decode(repeat('00', 32), 'hex')`,
    );
    log = auditLogOf(database, settings);
    told = [];
    const alerts: Pick<AlertService, 'tellCheckpoint'> = {
      tellCheckpoint: (_tx: Transaction, note) => {
        told.push(note);
        return Promise.resolve();
      },
    };
    checkpoints = new CheckpointsService(
      { audit: settings },
      database,
      log.checkpoints,
      log.keys,
      alerts as AlertService,
      Log.silent(),
    );
  });

  const write = async (count: number): Promise<void> => {
    for (let entry = 0; entry < count; entry++)
      await log.trail.append(
        database.query,
        { action: 'ai.switched', subjectId: null, details: { entry } },
        null,
      );
  };
  const faults = async () => {
    const found: string[] = [];
    const { checkpoints: read } = await verifyCheckpoints(log.checkpoints, log.keys, ({ number, fault }) =>
      found.push(`${number} ${fault}`),
    );
    return { read, found };
  };
  const chainFaults = async (): Promise<string[]> => {
    const found: string[] = [];
    await verifyAuditLog(log, ({ fault, position }) => found.push(`${String(position)} ${fault}`));
    return found;
  };

  describe('has checkpoints', () => {
    it('of how much it holds, each naming the one before, which are told and can be verified', async () => {
      await write(3);
      const first = await checkpoints.take();
      await write(2);
      const second = await checkpoints.take();
      const lines = [first, second].map(({ note }) => note.split('\n'));
      expect(lines.map(([, size]) => size)).toEqual(['3', '5']);
      expect(lines[0]?.[4]).toBe('previous none');
      expect(lines[1]?.[4]).not.toBe('previous none');
      expect(lines[0]?.[2]).not.toBe(lines[1]?.[2]);
      expect(told).toEqual([first.note, second.note]);
      expect(await checkpoints.latestNote()).toBe(second.note);
      expect(await faults()).toEqual({ read: 2, found: [] });
      for (const kept of [
        first.note,
        first.note.trimEnd(),
        first.note.replaceAll('\n', '\r\n'),
        `${first.note}\u2014 witness.example AAAAAAAA\n`,
      ])
        expect(await recogniseCheckpoint(log.checkpoints, log.keys, kept)).toBe('known');
    });

    it('of which instances that look at the same time take one', async () => {
      await database.warm();
      await Promise.all(Array.from({ length: 5 }, () => checkpoints.take(3600_000)));
      expect([told.length, (await faults()).read]).toEqual([1, 1]);
    });

    it('that are not taken while what tells of them fails', async () => {
      const failing = new CheckpointsService(
        { audit: settings },
        database,
        log.checkpoints,
        log.keys,
        { tellCheckpoint: () => Promise.reject(new Error('no outbox')) } as unknown as AlertService,
        Log.silent(),
      );
      await expect(failing.take()).rejects.toThrow('no outbox');
      expect(await faults()).toEqual({ read: 0, found: [] });
    });

    it('that the service cannot change or delete', async () => {
      await checkpoints.take();
      for (const statement of [
        'update velro.audit_checkpoints set note = note',
        'delete from velro.audit_checkpoints',
      ])
        await expect(sql.raw(statement).execute(database.query)).rejects.toThrow('permission denied');
    });

    describe('that show when somebody with the rights of the owner', () => {
      let kept: string;
      beforeEach(async () => {
        await write(2);
        await checkpoints.take();
        await write(2);
        kept = (await checkpoints.take()).note;
        expect(await faults()).toEqual({ read: 2, found: [] });
      });

      it('cut the end of a chain off together with its head', async () => {
        await stage.asOwner(`
          delete from velro.audit_entries where id = (select id from velro.audit_entries order by at desc limit 1);
          update velro.audit_streams s set position = coalesce((select max(position) from velro.audit_entries e where e.stream = s.stream), 0),
            head = coalesce((select mac from velro.audit_entries e where e.stream = s.stream order by position desc limit 1), decode(repeat('00', 32), 'hex'))`);
        // The chains alone are whole.
        expect(await chainFaults()).toEqual([]);
        expect((await faults()).found).toEqual(['2 unlike']);
      });

      it('changed one', async () => {
        await stage.asOwner(
          "update velro.audit_checkpoints set at = at - interval '1 hour' where number = 2",
        );
        expect((await faults()).found).toEqual(['2 forged']);
      });

      it('changed what it is over', async () => {
        await stage.asOwner(
          'update velro.audit_checkpoints set positions[5] = positions[5] + 1 where number = 1',
        );
        expect((await faults()).found).toEqual(['1 forged']);
      });

      it('removed one that is not the last', async () => {
        await stage.asOwner('delete from velro.audit_checkpoints where number = 1');
        expect((await faults()).found).toEqual(['2 forged']);
      });

      it('set all of it back to an older copy, to whoever kept one elsewhere', async () => {
        await stage.asOwner(`
          delete from velro.audit_checkpoints where number = 2;
          delete from velro.audit_entries where id in (select id from velro.audit_entries order by at desc limit 2);
          update velro.audit_streams s set position = coalesce((select max(position) from velro.audit_entries e where e.stream = s.stream), 0),
            head = coalesce((select mac from velro.audit_entries e where e.stream = s.stream order by position desc limit 1), decode(repeat('00', 32), 'hex'))`);
        expect([await chainFaults(), (await faults()).found]).toEqual([[], []]);
        expect(await recogniseCheckpoint(log.checkpoints, log.keys, kept)).toBe('lost');
      });
    });

    it('and knows none that another log signed', async () => {
      await checkpoints.take();
      const other = auditLogOf(database, settings).keys;
      const foreign = (await other.signer()).note('x\n').replace(/ [A-Za-z0-9+/=]+\n$/, ' AAAAAAAA\n');
      expect(await recogniseCheckpoint(log.checkpoints, log.keys, foreign)).toBe('foreign');
    });
  });

  describe('loses entries whose retention is over', () => {
    const retention = (days = 30) =>
      new AuditRetention(
        { audit: { retentionDays: days, enabled: true } },
        database,
        // Of an instance of its own: tests watch what a verification reads.
        auditLogOf(database, settings).entries,
        log.trims,
        log.keys,
        log.trail,
        new SystemClock(),
        Log.silent(),
      );
    /** So many entries of a stream, written so many days ago, as the service would have written them then. */
    const writeOld = async (stream: number, ages: readonly number[]): Promise<void> => {
      const chainKey = await log.keys.chain();
      let head: Buffer = emptyHead;
      for (const [index, age] of ages.entries()) {
        const entry = {
          ...{ stream, position: BigInt(index + 1), id: randomUUID(), action: 'ai.switched' },
          ...{ at: BigInt(Date.now() - age * day) * 1000n, actor: null, subject: null, requestId: null },
          payload: Buffer.from('\0{}'),
        };
        head = macOf(chainKey, head, entry);
        await stage.asOwner(`insert into velro.audit_entries (stream, position, id, at, action, payload, mac) values (
          ${String(stream)}, ${String(entry.position)}, '${entry.id}', to_timestamp(${String(entry.at / 1000n)}::numeric / 1000),
          '${entry.action}', '\\x${entry.payload.toString('hex')}', '\\x${head.toString('hex')}')`);
      }
      await stage.asOwner(
        `update velro.audit_streams set position = ${String(ages.length)}, head = '\\x${head.toString('hex')}' where stream = ${String(stream)}`,
      );
    };
    /** Without the entries of the trimming itself: the database gives their session any of the streams, also one of these. */
    const positions = async (stream: number): Promise<string[]> => {
      const { rows } = await sql<{ position: string }>`
        select position::text from velro.audit_entries e
        where stream = ${stream} and action <> 'audit.trimmed' order by e.position`.execute(database.query);
      return rows.map(({ position }) => position);
    };

    it('and is whole behind a signed summary, with the rest of its entries and an entry of that', async () => {
      await writeOld(3, [40, 35, 31, 20, 1]);
      await writeOld(4, [50]);
      await writeOld(5, [2]);
      await checkpoints.take();
      expect(await chainFaults()).toEqual([]);
      await retention().run(forever);
      expect([await positions(3), await positions(4), await positions(5)]).toEqual([['4', '5'], [], ['1']]);
      expect([await chainFaults(), (await faults()).found]).toEqual([[], []]);
      const trimmed = sql`select from velro.audit_entries where action = 'audit.trimmed'`;
      expect((await trimmed.execute(database.query)).rows).toHaveLength(2);
      // Nothing more to do, and nothing more to say.
      await retention().run(forever);
      expect((await trimmed.execute(database.query)).rows).toHaveLength(2);
      await write(70);
      expect(await chainFaults()).toEqual([]);
    });

    it('by several instances at once', async () => {
      await writeOld(3, [40, 35, 31, 20]);
      await Promise.all([retention().run(forever), retention().run(forever), retention().run(forever)]);
      expect([await positions(3), await chainFaults()]).toEqual([['4'], []]);
    });

    it('but none that somebody made older, and none behind one that was changed: that is said', async () => {
      await writeOld(3, [40, 20, 3, 2]);
      await writeOld(4, [40, 39, 38]);
      await stage.asOwner(`
        update velro.audit_entries set at = now() - interval '10 years' where stream = 3 and position in (2, 3);
        update velro.audit_entries set action = 'user.enabled' where stream = 4 and position = 2`);
      const named = await chainFaults();
      await retention().run(forever);
      expect([await positions(3), await positions(4)]).toEqual([
        ['2', '3', '4'],
        ['2', '3'],
      ]);
      expect([named, await chainFaults()]).toEqual([
        ['2 changed', '3 changed', '2 changed'],
        ['2 changed', '3 changed', '2 changed'],
      ]);
    });

    it('also where a verification is far behind, or has read all but what goes', async () => {
      await writeOld(3, [40, 39, 38, 37, 36, 20]);
      await writeOld(4, [40, 39]);
      const { entries } = log;
      const read = entries.entries.bind(entries);
      let reads = 0;
      entries.entries = async (stream, behind, atMost) => {
        // Of the first stream with any: some go before its second batch is read, and that batch before it is judged.
        if (stream !== 3) return read(stream, behind, atMost);
        reads++;
        if (reads === 2) await retention(37.5).run(forever);
        const batch = await read(stream, behind, 2);
        if (reads === 2) await retention().run(forever);
        return batch;
      };
      expect(await chainFaults()).toEqual([]);
    });

    it('and none behind one that is too young', async () => {
      await writeOld(3, [40, 2, 40, 40]);
      await retention().run(forever);
      expect([await positions(3), await chainFaults()]).toEqual([['2', '3', '4'], []]);
    });

    it('but none of the last day, whatever the service asks for', async () => {
      await writeOld(3, [3, 0.5]);
      const trim = {
        stream: 3,
        position: 2n,
        head: Buffer.alloc(32),
        through: 0n,
        signature: Buffer.alloc(64),
      };
      await expect(log.trims.trim(database.query, trim, new Date())).rejects.toThrow('too young');
      expect(await positions(3)).toEqual(['1', '2']);
    });

    it('and a summary that the service did not sign is named, as is what is missing behind one', async () => {
      await writeOld(3, [40, 35, 31, 20]);
      const trim = {
        stream: 3,
        position: 3n,
        head: Buffer.alloc(32),
        through: 0n,
        signature: Buffer.alloc(64),
      };
      await log.trims.trim(database.query, trim, new Date());
      expect(await chainFaults()).toEqual(['0 trimmed', '4 removed']);
    });

    it.each([
      ['where it cuts', 'position = position - 1', ['0 trimmed', '4 removed']],
      ['what the entry there was', "head = decode(repeat('11', 32), 'hex')", ['0 trimmed', '4 removed']],
      ['for when it stands', "through = through + interval '1 second'", ['0 trimmed', '4 removed']],
    ])('and a summary is named of which somebody changed %s', async (_, assignment, found) => {
      await writeOld(3, [40, 35, 31, 20]);
      await retention().run(forever);
      await stage.asOwner(`update velro.audit_trims set ${assignment}`);
      expect(await chainFaults()).toEqual(found);
    });

    it('and the entry behind a summary that was removed is named', async () => {
      await writeOld(3, [40, 35, 31, 20]);
      await retention().run(forever);
      await stage.asOwner('delete from velro.audit_trims');
      expect(await chainFaults()).toEqual(['4 removed']);
    });

    it('while it is verified', async () => {
      await writeOld(3, [40, 35, 31, 20]);
      const { entries } = log;
      const read = entries.entries.bind(entries);
      let trims = 0;
      entries.entries = async (stream, behind, atMost) => {
        const one = await read(stream, behind, Math.min(atMost, 1));
        if (stream === 3 && trims++ === 0) await retention().run(forever);
        return one;
      };
      expect(await chainFaults()).toEqual([]);
    });
  });
});

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import {
  auditLogOf,
  auditSettings,
  newAuditKey,
  type AuditLog,
} from '../../../test/support/database/audit-log.js';
import { MigratedDatabase } from '../../../test/support/database/migrated-database.js';
import { openSealed } from '../../crypto/aes-gcm.js';
import type { PostgresDatabase } from '../../adapters/postgres/postgres-database.js';
import { Log } from '../../observability/log.js';
import { SystemRandom } from '../../adapters/system/system.js';
import { verifyAuditLog } from './chain/audit-verification.js';
import type { ChainFault } from './chain/verify-chain.js';
import { AuditKeyLost, AuditKeys } from './trail/audit-keys.js';
import { AuditRekey } from './trail/audit.rekey.js';

const forever = new AbortController().signal;

describe('the audit log', () => {
  let stage: MigratedDatabase;
  let database: PostgresDatabase;
  /** As an instance of a version before, which writes fewer entries. */
  let unaudited: PostgresDatabase;
  let log: AuditLog;
  const settings = auditSettings();
  beforeAll(async () => {
    stage = await MigratedDatabase.start();
    database = stage.connect({ isAudited: true });
    unaudited = stage.connect();
    log = auditLogOf(database, settings);
    // As a start does: within a transaction there may be no other connection for them.
    await Promise.all([log.keys.chain(), log.keys.service()]);
  });
  afterAll(() => stage.stop());
  beforeEach(async () => {
    await stage.asOwner(
      `truncate velro.audit_entries; update velro.audit_streams set position = 0, head = decode(repeat('00', 32), 'hex')`,
    );
  });

  const account = async (): Promise<string> => {
    const id = randomUUID();
    await sql`insert into velro.users (id, email) values (${id}, ${`${id}@example.com`})`.execute(
      unaudited.query,
    );
    return id;
  };
  const switched = (enabled: boolean, of: AuditLog = log) =>
    database.transaction((tx) =>
      of.trail.append(tx, { action: 'ai.switched', subjectId: null, details: { enabled } }, null),
    );
  const ended = (subjectId: string, of: AuditLog = log) =>
    database.transaction((tx) =>
      of.trail.append(
        tx,
        { action: 'user.sessions_ended', subjectId, details: { note: 'canary-of-audit' } },
        null,
      ),
    );
  const verify = async (of: AuditLog = log) => {
    const faults: ChainFault[] = [];
    const { entries } = await verifyAuditLog(of, (fault) => faults.push(fault));
    return { entries: Number(entries), faults };
  };
  /** Of all streams. */
  const stored = async () => {
    const { rows } = await sql<{
      stream: number;
      position: string;
      id: string;
      payload: Buffer;
      text: string;
    }>`
      select stream, position::text, id::text, payload, e::text as text from velro.audit_entries e order by at, id`.execute(
      database.query,
    );
    return rows;
  };
  /** So many in one stream: one transaction uses one. */
  const inOneStream = (count: number) =>
    database.transaction(async (tx) => {
      for (let entry = 0; entry < count; entry++)
        await log.trail.append(tx, { action: 'ai.switched', subjectId: null, details: { entry } }, null);
    });

  it('is whole after entries of many transactions at once, which do not wait for each other', async () => {
    await Promise.all(Array.from({ length: 60 }, (_, entry) => switched(entry % 2 === 0)));
    expect(await verify()).toEqual({ entries: 60, faults: [] });
    const { started } = await database.transaction(async (tx) => {
      await log.trail.append(tx, { action: 'ai.switched', subjectId: null, details: {} }, null);
      await switched(true);
      return { started: true };
    });
    expect([started, (await verify()).entries]).toEqual([true, 62]);
  });

  it('takes one chain in a transaction, also where its own was in use at first', async () => {
    await database.transaction(async (tx) => {
      const { rows } = await sql<{ own: number }>`select pg_backend_pid() % 64 as own`.execute(tx);
      const entry = { action: 'ai.switched', subjectId: null } as const;
      // As another connection whose number is 64 apart.
      await stage.whileOwner(
        `select from velro.audit_streams where stream = ${String(rows[0]?.own)} for update`,
        () => log.trail.append(tx, entry, null),
      );
      await log.trail.append(tx, entry, null);
      await log.trail.append(tx, entry, null);
    });
    const streams = new Set((await stored()).map(({ stream }) => stream));
    expect([streams.size, await verify()]).toEqual([1, { entries: 3, faults: [] }]);
  });

  it('is whole in the order of its entries, also beyond nine of a stream', async () => {
    await inOneStream(12);
    expect(await verify()).toEqual({ entries: 12, faults: [] });
  });

  it('has nothing of a transaction that fails', async () => {
    await expect(
      database.transaction(async (tx) => {
        await log.trail.append(tx, { action: 'ai.switched', subjectId: null, details: {} }, null);
        throw new Error('the effect failed');
      }),
    ).rejects.toThrow('the effect failed');
    expect(await verify()).toEqual({ entries: 0, faults: [] });
  });

  it('cannot be changed, emptied or written past its function by the service', async () => {
    await switched(true);
    for (const statement of [
      sql`update velro.audit_entries set action = 'x'`,
      sql`delete from velro.audit_entries`,
      sql`truncate velro.audit_entries`,
      sql`insert into velro.audit_entries select * from velro.audit_entries`,
      sql`update velro.audit_streams set position = 0`,
      sql`delete from velro.audit_streams`,
    ])
      await expect(statement.execute(database.query)).rejects.toThrow('permission denied');
    expect(await verify()).toEqual({ entries: 1, faults: [] });
  });

  it.each([
    ['no action', `''`, 'null', 'null', '00', 64, 64],
    ['an action of other letters', `'Ai switched'`, 'null', 'null', '00', 64, 64],
    ['an action that is too long', `repeat('a', 61)`, 'null', 'null', '00', 64, 64],
    ['an actor that is no hash', `'ai.switched'`, `decode('00', 'hex')`, 'null', '00', 64, 64],
    ['an empty request id', `'ai.switched'`, 'null', `''`, '00', 64, 64],
    ['a request id that is too long', `'ai.switched'`, 'null', `repeat('a', 101)`, '00', 64, 64],
    ['an empty payload', `'ai.switched'`, 'null', 'null', '', 64, 64],
    ['a payload that is too long', `'ai.switched'`, 'null', 'null', '00'.repeat(65_537), 64, 64],
    ['a key of another length', `'ai.switched'`, 'null', 'null', '00', 63, 64],
    ['another key of another length', `'ai.switched'`, 'null', 'null', '00', 64, 65],
  ])('takes no entry of the service with %s', async (_, action, actor, requestId, payload, inner, outer) => {
    await expect(
      sql`select velro.append_audit_entry(gen_random_uuid(), ${sql.raw(action)}, ${sql.raw(actor)}, null, ${sql.raw(requestId)}, decode(${payload}, 'hex'),
        decode(repeat('00', ${inner}::int), 'hex'), decode(repeat('00', ${outer}::int), 'hex'))`.execute(
        database.query,
      ),
    ).rejects.toThrow('no entry of the audit log looks like this');
    expect(await verify()).toEqual({ entries: 0, faults: [] });
  });

  it('runs nothing as its owner that the service hides behind the name of a type', async () => {
    // In a session of its own each: what a session has called once, it does not read again.
    for (const type of ['bytea', 'timestamptz', 'int8', 'int4', 'text', 'uuid', 'int2', 'smallint', 'bigint'])
      await stage.connect().transaction(async (tx) => {
        await sql`create temp table ran (as_whom text) on commit drop`.execute(tx);
        await sql`grant all on ran to public`.execute(tx);
        await sql`create function pg_temp.spy(anyelement) returns boolean language plpgsql as $$
          begin insert into pg_temp.ran values (current_user); return true; end $$`.execute(tx);
        const base = sql.raw(`pg_catalog.${{ smallint: 'int2', bigint: 'int8' }[type] ?? type}`);
        await sql`create domain ${sql.raw(`pg_temp."${type}"`)} as ${base} check (pg_temp.spy(value))`.execute(
          tx,
        );
        await sql`select velro.append_audit_entry(gen_random_uuid(), 'ai.switched', null, null, null, decode('00', 'hex'),
          decode(repeat('00', 64), 'hex'), decode(repeat('00', 64), 'hex'))`.execute(tx);
        const { rows } = await sql`select as_whom from pg_temp.ran where as_whom <> 'velro_app'`.execute(tx);
        expect([type, rows]).toEqual([type, []]);
        await sql`drop function pg_temp.spy(anyelement) cascade`.execute(tx);
      });
  });

  it('keeps its keys where the service would delete, rename or move them', async () => {
    for (const statement of [
      sql`delete from velro.audit_keys`,
      sql`update velro.audit_keys set name = 'chain'`,
      sql`delete from velro.audit_subject_keys`,
      sql`update velro.audit_subject_keys set user_id = gen_random_uuid()`,
    ])
      await expect(statement.execute(database.query)).rejects.toThrow('permission denied');
    await switched(true);
    expect(await verify()).toEqual({ entries: 1, faults: [] });
  });

  describe('of which somebody with the rights of the owner', () => {
    let stream: number;
    beforeEach(async () => {
      await inOneStream(5);
      stream = (await stored())[0]?.stream ?? -1;
      expect(await verify()).toEqual({ entries: 5, faults: [] });
    });
    const at = (position: number, fault: ChainFault['fault']) => ({
      stream,
      position: BigInt(position),
      fault,
    });
    const where = (position: number): string =>
      `where stream = ${String(stream)} and position = ${String(position)}`;

    it.each([
      ['the action', "action = 'user.enabled'"],
      ['the time', "at = at + interval '1 microsecond'"],
      ['who did it', "actor = decode(repeat('11', 32), 'hex')"],
      ['to whom', "subject = decode(repeat('11', 32), 'hex')"],
      ['the request', "request_id = 'x'"],
      ['a byte of the payload', 'payload = set_byte(payload, 5, get_byte(payload, 5) # 1)'],
      ['the id', 'id = gen_random_uuid()'],
    ])('changed %s of an entry: that entry is named', async (_, assignment) => {
      await stage.asOwner(`update velro.audit_entries set ${assignment} ${where(3)}`);
      expect((await verify()).faults).toEqual([at(3, 'changed')]);
    });

    it('removed an entry: the one behind it is named', async () => {
      await stage.asOwner(`delete from velro.audit_entries ${where(3)}`);
      expect((await verify()).faults).toEqual([at(4, 'removed')]);
    });

    it('removed the first entry', async () => {
      await stage.asOwner(`delete from velro.audit_entries ${where(1)}`);
      expect((await verify()).faults).toEqual([at(2, 'removed')]);
    });

    it('removed an entry and moved those behind it', async () => {
      await stage.asOwner(
        `delete from velro.audit_entries ${where(3)}; update velro.audit_entries set position = position - 1 where position > 3`,
      );
      expect((await verify()).faults).toEqual([at(3, 'changed'), at(4, 'changed'), at(4, 'truncated')]);
    });

    it('swapped two entries', async () => {
      await stage.asOwner(`
        update velro.audit_entries set position = 100 ${where(2)};
        update velro.audit_entries set position = 2 ${where(3)};
        update velro.audit_entries set position = 3 where position = 100`);
      expect((await verify()).faults).toEqual([at(2, 'changed'), at(3, 'changed'), at(4, 'changed')]);
    });

    it('inserted an entry before the first', async () => {
      await stage.asOwner(`
        insert into velro.audit_entries
          select stream, 0, gen_random_uuid(), at, action, actor, subject, request_id, payload, mac from velro.audit_entries ${where(1)}`);
      expect((await verify()).faults).toContainEqual(at(0, 'removed'));
      await stage.asOwner('delete from velro.audit_entries');
    });

    it('removed a stream as a whole', async () => {
      await stage.asOwner(
        `delete from velro.audit_entries; delete from velro.audit_streams where stream = ${String(stream)}`,
      );
      expect((await verify()).faults).toEqual([at(0, 'truncated')]);
      await stage.asOwner(`insert into velro.audit_streams (stream) values (${String(stream)})`);
    });

    it('removed the key of the chain: nothing is judged', async () => {
      await stage.asOwner(`create table velro.kept_key as select * from velro.audit_keys;
        delete from velro.audit_keys where name = 'chain';
        update velro.audit_streams set position = 0, head = decode(repeat('00', 32), 'hex')`);
      await expect(verify()).rejects.toThrow(AuditKeyLost);
      await stage.asOwner(
        "insert into velro.audit_keys select * from velro.kept_key where name = 'chain'; drop table velro.kept_key",
      );
    });

    it('cut the last entries off', async () => {
      await stage.asOwner(`delete from velro.audit_entries where position > 3`);
      expect((await verify()).faults).toEqual([at(3, 'truncated')]);
    });

    it('cut the last entries off, and set the end of the stream back without its head', async () => {
      await stage.asOwner(
        'delete from velro.audit_entries where position > 3; update velro.audit_streams set position = 3 where position = 5',
      );
      expect((await verify()).faults).toEqual([at(3, 'changed')]);
    });

    it('inserted an entry of their own behind the last', async () => {
      await stage.asOwner(`insert into velro.audit_entries
        select stream, 6, gen_random_uuid(), at, action, actor, subject, request_id, payload, mac from velro.audit_entries ${where(5)}`);
      expect((await verify()).faults).toEqual([at(6, 'changed'), at(6, 'changed')]);
    });
  });

  it('is judged by nobody who has another AUDIT_ENC_KEY', async () => {
    await switched(true);
    const other = auditLogOf(database, auditSettings());
    await expect(verify(other)).rejects.toThrow(AuditKeyLost);
    await expect(switched(false, other)).rejects.toThrow(AuditKeyLost);
    expect(await verify()).toEqual({ entries: 1, faults: [] });
  });

  it('says nothing in clear of what was done and to whom', async () => {
    const id = await account();
    await ended(id);
    const [entry] = await stored();
    expect(entry?.text).not.toMatch(new RegExp(`${id}|${id.replaceAll('-', '')}|canary-of-audit`));
    expect(entry?.payload.includes('canary-of-audit')).toBe(false);
    const key = await log.keys.subject(id, log.trail.pseudonymOf(id), database.query);
    const open =
      key && openSealed(key, entry?.payload.subarray(1) ?? Buffer.of(), `audit entry ${entry?.id ?? ''}`);
    expect(JSON.parse(open?.toString() ?? 'null')).toMatchObject({
      subject_id: id,
      details: { note: 'canary-of-audit' },
    });
  });

  it('cannot be read of an account that is deleted, and stays whole', async () => {
    const id = await account();
    await ended(id);
    await stage.asOwner(`delete from velro.users where id = '${id}'`);
    const { rows } = await sql`select from velro.audit_subject_keys where user_id = ${id}`.execute(
      database.query,
    );
    expect(rows).toEqual([]);
    expect(
      await auditLogOf(database, settings).keys.subject(id, log.trail.pseudonymOf(id), database.query),
    ).toBeNull();
    expect(await verify()).toEqual({ entries: 1, faults: [] });
  });

  it('keeps no key that went with a failed transaction', async () => {
    const id = await account();
    await expect(
      database.transaction(async (tx) => {
        for (const details of [{}, {}])
          await log.trail.append(tx, { action: 'user.disabled', subjectId: id, details }, null);
        throw new Error('the effect failed');
      }),
    ).rejects.toThrow('the effect failed');
    await ended(id);
    const [entry] = await stored();
    const key = await auditLogOf(database, settings).keys.subject(
      id,
      log.trail.pseudonymOf(id),
      database.query,
    );
    expect(
      key && openSealed(key, entry?.payload.subarray(1) ?? Buffer.of(), `audit entry ${entry?.id ?? ''}`),
    ).not.toBeNull();
  });

  it('makes keys in a rotation that instances with the earlier AUDIT_ENC_KEY alone can read', async () => {
    const id = await account();
    const key = { current: newAuditKey(), previous: settings.key.current };
    const rotating = auditLogOf(database, auditSettings({ key }));
    await ended(id, rotating);
    await ended(id, auditLogOf(database, settings));
    expect(await verify()).toEqual({ entries: 2, faults: [] });
  });

  it('is moved to a new AUDIT_ENC_KEY, and then needs the earlier one no more', async () => {
    const id = await account();
    await ended(id);
    const key = { current: newAuditKey(), previous: settings.key.current };
    const rotating = auditLogOf(database, auditSettings({ key }));
    await ended(id, rotating);
    expect(await verify(rotating)).toEqual({ entries: 2, faults: [] });
    const said: string[] = [];
    const quiet = Log.silent();
    quiet.info = (msg) => said.push(msg);
    const rekey = new AuditRekey(rotating.keys, rotating.stored, quiet);
    await rekey.run(forever);
    expect(said).toEqual([]);
    await rekey.run(forever);
    expect(said).toEqual(['no key of the audit log is under the earlier AUDIT_ENC_KEY any more']);
    const after = auditSettings({ key: { current: key.current, previous: null } });
    const moved = auditLogOf(database, after);
    expect(await verify(moved)).toEqual({ entries: 2, faults: [] });
    const [by, before] = [
      await moved.keys.subject(id, log.trail.pseudonymOf(id), database.query),
      await rotating.keys.subject(id, log.trail.pseudonymOf(id), database.query),
    ];
    expect(by?.export()).toEqual(before?.export());
    expect(by?.export()).toHaveLength(32);
    await expect(
      new AuditKeys({ audit: settings }, moved.stored, new SystemRandom()).chain(),
    ).rejects.toThrow(AuditKeyLost);
    // Back, for the other tests.
    const back = auditLogOf(
      database,
      auditSettings({ key: { current: settings.key.current, previous: key.current } }),
    );
    await new AuditRekey(back.keys, back.stored, Log.silent()).run(forever);
  });

  describe('without which the service cannot commit', () => {
    const statements = {
      account_is_audited: "insert into velro.users (id, email) values (gen_random_uuid(), 'eve@example.com')",
      administrator_is_audited:
        "insert into velro.users (id, email, role) values (gen_random_uuid(), 'eve@example.com', 'super_admin')",
      role_is_audited: "update velro.users set role = 'admin'",
      disabling_is_audited: 'update velro.users set disabled_at = now()',
      switch_is_audited: 'update velro.ai_switch set enabled = not enabled',
      session_is_audited: `insert into velro.sessions (id, user_id, device, address, auth_time, expires_at)
        select gen_random_uuid(), id, 'x', '192.0.2.1', now(), now() from velro.users limit 1`,
      session_end_is_audited: 'update velro.sessions set ended_at = now()',
      factor_is_audited:
        'update velro.mfa_factors set confirmed_at = now(), last_step = 1 where confirmed_at is null',
      factor_end_is_audited: 'delete from velro.mfa_factors where confirmed_at is not null',
      recovery_codes_are_audited: `insert into velro.mfa_recovery_codes (user_id, hash)
        select user_id, sha256('2') from velro.mfa_factors`,
      recovery_code_is_audited: 'update velro.mfa_recovery_codes set used_at = now()',
      key_is_audited: `insert into velro.api_keys (id, user_id, name, hash, prefix, scopes, expires_at)
        select gen_random_uuid(), id, 'x', sha256('x'), 'velro_12345678', '{account:read}', now() from velro.users limit 1`,
      key_change_is_audited: 'update velro.api_keys set revoked_at = now()',
      agent_is_audited: "insert into velro.agents (id, name) values (gen_random_uuid(), 'x')",
      agent_version_is_audited: `insert into velro.agent_versions
          (agent_id, version, description, system_prompt, max_output_tokens, thinking, is_public, origins)
        select id, 2, '', '', 100, 'off', false, '{}' from velro.agents where name = 'y'`,
      agent_version_change_is_audited: 'update velro.agent_versions set published_at = now()',
      deletion_is_audited: `insert into velro.account_deletions (user_id, due_at, work_at)
        select id, now(), now() from velro.users where email <> 'gone@example.com' limit 1`,
      cancellation_is_audited: "delete from velro.account_deletions where stage = 'waiting'",
      export_is_audited:
        'insert into velro.data_exports (id, user_id) select gen_random_uuid(), id from velro.users limit 1',
      privacy_choice_is_audited: `insert into velro.privacy_choices (user_id, purpose, chosen, version, text_sha256, source)
        select id, 'external_ai', true, '2026-11-28', sha256('x'), 'request' from velro.users limit 1`,
      // By the function of the database alone: the service may not delete accounts.
      removal_is_audited: `insert into velro.erased_accounts (pseudonym) select sha256('x')
        where velro.remove_account((select user_id from velro.account_deletions where stage = 'removing'))`,
      knowledge_is_audited: 'delete from velro.knowledge_entries',
      adjustment_is_audited: `insert into velro.credit_entries (user_id, kind, balance_change, reserved_change, actor_id, reason)
        select id, 'adjust', 1, 0, id, 'x' from velro.users limit 1`,
      block_is_audited: `insert into velro.blocks (id, address, attack, signals, score, made_by, expires_at)
        select gen_random_uuid(), '192.0.2.9', 'manual', '{}', 0, id, now() from velro.users limit 1`,
      lifting_is_audited: 'update velro.blocks set lifted_at = now()',
      webhook_endpoint_is_audited: `insert into velro.webhook_endpoints (id, user_id, url, event_types, secret_sealed)
        select gen_random_uuid(), id, 'https://hooks.example.com/', '{credits.granted}', '' from velro.users limit 1`,
      attestation_is_audited: `insert into velro.access_attestations (id, administrators, stale_keys, note)
        values (gen_random_uuid(), 0, 0, 'x')`,
      control_attestation_is_audited:
        "insert into velro.control_attestations (id, control, note) values (gen_random_uuid(), 'x', 'x')",
      control_audit_is_audited: `insert into velro.control_audits (id, failed, not_looked_at, attested, passed, not_applicable)
        values (gen_random_uuid(), 0, 0, 0, 0, 0)`,
      maintenance_report_is_audited:
        "insert into velro.maintenance_reports (id, task, outcome, lines) values (gen_random_uuid(), 'errors', 'found', '{}')",
      incident_is_audited: `insert into velro.incidents (id, kind, title, discovered_at, opened_by)
        values (gen_random_uuid(), 'data_breach', 'x', now(), 'ada')`,
      isolation_is_audited: 'update velro.incidents set isolated_at = now()',
      reopening_is_audited: 'update velro.incidents set reopened_at = now()',
      closing_is_audited:
        "update velro.incidents set closed_at = now(), cause = 'x', measures = 'x', post_mortem = 'x'",
      incident_note_is_audited: `insert into velro.incident_notes (id, incident_id, written_by, text)
        select gen_random_uuid(), id, 'ada', 'x' from velro.incidents`,
      incident_affected_is_audited: `insert into velro.incident_affected (incident_id, user_id)
        select i.id, u.id from velro.incidents i, velro.users u
        where not exists (select from velro.incident_affected a where a.user_id = u.id) limit 1`,
      incident_notified_is_audited: 'update velro.incident_affected set notified_at = now()',
      incident_evidence_is_audited: `insert into velro.incident_evidence (id, incident_id, manifest_hash)
        select gen_random_uuid(), id, sha256('x') from velro.incidents`,
      sign_in_switch_is_audited:
        'update velro.sign_in_switch set closed_at = now(), incident_id = (select id from velro.incidents)',
      page_agent_is_audited:
        "insert into velro.messenger_pages (page_id, agent_id) select 'x', id from velro.agents limit 1",
    } as const;
    const triggers = Object.keys(statements) as (keyof typeof statements)[];
    beforeAll(async () => {
      const [id, other] = [await account(), await account()];
      await stage.asOwner(`
        insert into velro.sessions (id, user_id, device, address, auth_time, expires_at)
          values (gen_random_uuid(), '${id}', 'x', '192.0.2.1', now(), now());
        insert into velro.mfa_factors (user_id, sealed_secret) values ('${other}', decode(repeat('00', 48), 'hex'));
        insert into velro.mfa_factors (user_id, sealed_secret, confirmed_at, last_step) values ('${id}', decode(repeat('00', 48), 'hex'), now(), 1);
        insert into velro.mfa_recovery_codes (user_id, hash) values ('${id}', sha256('1'));
        insert into velro.api_keys (id, user_id, name, hash, prefix, scopes, expires_at)
          values (gen_random_uuid(), '${id}', 'y', sha256('y'), 'velro_12345678', '{account:read}', now());
        insert into velro.agents (id, name) values ('${id}', 'y');
        insert into velro.agent_versions (agent_id, version, description, system_prompt, max_output_tokens, thinking, is_public, origins)
          values ('${id}', 1, '', '', 100, 'off', false, '{}');
        insert into velro.account_deletions (user_id, due_at, work_at) values (gen_random_uuid(), now(), now());
        insert into velro.users (id, email) values ('01234567-89ab-cdef-0123-456789abcdef', 'gone@example.com');
        insert into velro.account_deletions (user_id, due_at, work_at, stage)
          values ('01234567-89ab-cdef-0123-456789abcdef', now(), now(), 'removing');
        insert into velro.knowledge_entries (id, agent_id, title, text, language, words, added_in)
          values (gen_random_uuid(), '${id}', 'x', 'x', 'en', '', 1);
        insert into velro.blocks (id, address, attack, signals, score, made_by, expires_at)
          values (gen_random_uuid(), '192.0.2.9', 'manual', '{}', 0, '${id}', now() + interval '1 day');
        insert into velro.incidents (id, kind, title, discovered_at, opened_by) values ('${id}', 'data_breach', 'x', now(), 'ada');
        insert into velro.incident_affected (incident_id, user_id) values ('${id}', '${id}');`);
    });

    it('all that the database guards is in the table below', async () => {
      const { rows } = await sql<{ name: string }>`
        select tgname as name from pg_trigger t join pg_proc p on p.oid = t.tgfoid where p.proname = 'require_audit_entry'`.execute(
        database.query,
      );
      expect(rows.map(({ name }) => name).sort()).toEqual([...triggers].sort());
    });

    it.each(triggers)('%s', async (trigger) => {
      const statement = sql.raw(statements[trigger]);
      await expect(statement.execute(database.query)).rejects.toThrow('nothing in the audit log says');
      // It is this trigger that asks, and there is something to do.
      await expect(
        unaudited.transaction(async (tx) => {
          const { numAffectedRows = 0n } = await statement.execute(tx);
          throw new Error(`changed ${numAffectedRows > 0n ? 'something' : 'nothing'}`);
        }),
      ).rejects.toThrow('changed something');
    });

    it('what an entry of another action tells of', async () => {
      const id = await account();
      const change = database.transaction(async (tx) => {
        await sql`update velro.users set role = 'admin' where id = ${id}`.execute(tx);
        await log.trail.append(tx, { action: 'user.sessions_ended', subjectId: id, details: {} }, null);
      });
      await expect(change).rejects.toThrow('user.role_changed');
      expect(await verify()).toEqual({ entries: 0, faults: [] });
    });

    it('an account that is added as an administrator, by an entry of its making alone', async () => {
      const id = randomUUID();
      const added = database.transaction(async (tx) => {
        const entry = await log.trail.firstEntry(tx, { action: 'user.created', subjectId: id }, null);
        await sql`insert into velro.users (id, email, role) values (${id}, 'eve@example.com', 'admin') returning ${entry}`.execute(
          tx,
        );
      });
      await expect(added).rejects.toThrow('user.role_changed');
      expect(await verify()).toEqual({ entries: 0, faults: [] });
    });

    it('what an entry of an earlier transaction tells of', async () => {
      await switched(false);
      await expect(
        sql`update velro.ai_switch set enabled = not enabled`.execute(database.query),
      ).rejects.toThrow('ai.switched');
      const [entry] = await stored();
      await expect(
        database.transaction(async (tx) => {
          await sql`select set_config('velro.audit_entries', ${`${String(entry?.stream)} ${String(entry?.position)}`}, true)`.execute(
            tx,
          );
          await sql`update velro.ai_switch set enabled = not enabled`.execute(tx);
        }),
      ).rejects.toThrow('ai.switched');
    });

    it('what is told behind other entries is committed, and an entry that was taken back tells of nothing', async () => {
      const id = await account();
      const change = (isTakenBack: boolean): Promise<void> =>
        database.transaction(async (tx) => {
          await log.trail.append(tx, { action: 'user.sessions_ended', subjectId: id, details: {} }, null);
          if (isTakenBack) await sql`savepoint before`.execute(tx);
          await log.trail.append(tx, { action: 'user.role_changed', subjectId: id, details: {} }, null);
          if (isTakenBack) await sql`rollback to savepoint before`.execute(tx);
          await sql`update velro.users set role = 'admin' where id = ${id}`.execute(tx);
        });
      await expect(change(true)).rejects.toThrow('user.role_changed');
      expect((await verify()).entries).toBe(0);
      await change(false);
      expect(await verify()).toEqual({ entries: 2, faults: [] });
    });

    it('what an entry in a savepoint tells of', async () => {
      const id = await account();
      const change = database.transaction(async (tx) => {
        await sql`savepoint before`.execute(tx);
        await log.trail.append(tx, { action: 'user.role_changed', subjectId: id, details: {} }, null);
        await sql`release savepoint before`.execute(tx);
        await sql`update velro.users set role = 'admin' where id = ${id}`.execute(tx);
      });
      await expect(change).rejects.toThrow('user.role_changed');
      const { rows } = await sql<{ role: string }>`select role from velro.users where id = ${id}`.execute(
        database.query,
      );
      expect([rows, await verify()]).toEqual([[{ role: 'user' }], { entries: 0, faults: [] }]);
    });

    it('other changes are committed', async () => {
      const id = await account();
      await sql`update velro.users set full_name = 'Ada', role = role where id = ${id}`.execute(
        database.query,
      );
      expect(await verify()).toEqual({ entries: 0, faults: [] });
    });
  });

  it('has one entry of a statement that changes several rows, and none of one that changes none', async () => {
    const ids = [await account(), await account(), await account()];
    const disable = async (of: readonly string[]) =>
      database.transaction(async (tx) => {
        const entry = await log.trail.entry(tx, { action: 'user.disabled', subjectId: null }, null);
        const users = tx.updateTable('users').set({ disabled_at: sql<Date>`now()` });
        return (await users.where('id', 'in', of).returning(entry).execute()).length;
      });
    expect([await disable([randomUUID()]), (await verify()).entries]).toEqual([0, 0]);
    expect([await disable(ids), await verify()]).toEqual([3, { entries: 1, faults: [] }]);
  });

  it('takes no statement of its own, once the key of the account is known', async () => {
    const id = await account();
    let statements = 0;
    const counted = database.query.withPlugin({
      transformQuery: ({ node }) => {
        statements++;
        return node;
      },
      transformResult: ({ result }) => Promise.resolve(result),
    });
    const asked = async (): Promise<number> => {
      statements = 0;
      await log.trail.entry(counted, { action: 'user.disabled', subjectId: id }, null);
      return statements;
    };
    expect([(await asked()) > 0, await asked(), await asked()]).toEqual([true, 0, 0]);
  });

  it('has the key of an account that is added from the statement that adds it', async () => {
    const id = randomUUID();
    const entry = await log.trail.firstEntry(database.query, { action: 'user.created', subjectId: id }, null);
    await sql`insert into velro.users (id, email) values (${id}, ${`${id}@example.com`}) returning ${entry}`.execute(
      database.query,
    );
    const [made] = await stored();
    const key = await auditLogOf(database, settings).keys.subject(
      id,
      log.trail.pseudonymOf(id),
      database.query,
    );
    const payload = made?.payload.subarray(1) ?? Buffer.of();
    expect(openSealed(key ?? Buffer.of(), payload, `audit entry ${made?.id ?? ''}`)?.toString()).toContain(
      id,
    );
  });

  it('that is switched off is not written, and what is done is done', async () => {
    const off = auditLogOf(unaudited, { ...settings, enabled: false });
    await unaudited.transaction(async (tx) => {
      await sql`update velro.ai_switch set enabled = not enabled`.execute(tx);
      await off.trail.append(tx, { action: 'ai.switched', subjectId: null, details: {} }, null);
    });
    expect(await verify()).toEqual({ entries: 0, faults: [] });
  });
});

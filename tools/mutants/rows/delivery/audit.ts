import type { Mutant } from '../../mutant.ts';

const audit = 'src/features/audit';
const migration = 'supabase/migrations/20261128120001_audit_log.sql';
const specs = [`${audit}/audit-trail.spec.ts`];
const journey = ['test/journeys/audit.spec.ts'];

/** The audit log. */
export const auditMutants: readonly Mutant[] = [
  {
    title: 'a role is changed without an entry',
    file: 'src/features/users/users.service.ts',
    find: "      { action: 'user.role_changed', subjectId: id, details: { from, to } },",
    replace: "      { action: 'user.enabled', subjectId: id, details: { from, to } },",
    specs: journey,
  },
  {
    title: 'a change without an entry is committed',
    file: migration,
    find: "  if current_user <> 'velro_app' then return null; end if;",
    replace: '  if true then return null; end if;',
    specs,
  },
  {
    title: 'an entry of any action stands for every change',
    file: migration,
    find: "if position(' ' || one || ' ' in audited) > 0 then return null; end if;",
    replace: "if audited <> '' then return null; end if;",
    specs,
  },
  {
    title: 'the service may write entries as it likes',
    file: migration,
    find: 'grant select on velro.audit_streams, velro.audit_entries to velro_app;',
    replace:
      'grant select, insert, update, delete on velro.audit_streams, velro.audit_entries to velro_app; create policy more on velro.audit_entries to velro_app using (true) with check (true);',
    specs,
  },
  {
    title: 'transactions wait for each other at one chain',
    file: migration,
    find: 'order by (s.stream - first + 64) % 64 limit 1 for update skip locked;',
    replace: 'order by s.stream limit 1 for update;',
    specs,
    test: 'do not wait',
  },
  {
    title: 'who did it is no part of the chain',
    file: `${audit}/chain/audit-chain.ts`,
    find: '    entry.actor,\n',
    replace: '    null,\n',
    specs,
  },
  {
    title: 'a missing entry is passed over',
    file: `${audit}/chain/verify-chain.ts`,
    find: "if (entry.position !== position + 1n) yield { stream, position: entry.position, fault: 'removed' };\n      else if",
    replace: 'if (entry.position !== position + 1n) void 0;\n      else if',
    specs,
  },
  {
    title: 'an end that was cut off is passed over',
    file: `${audit}/chain/verify-chain.ts`,
    find: 'if (position < last.position)',
    replace: 'if (position < 0n)',
    specs,
  },
  {
    title: 'the end of a stream is not compared with its last entry',
    file: `${audit}/chain/verify-chain.ts`,
    find: ' || !head.equals(last.head)',
    replace: '',
    specs,
  },
  {
    title: 'entries are verified in the order of digits',
    file: `${audit}/trail/audit.repository.ts`,
    find: 'order by e.position limit',
    replace: 'order by position limit',
    specs,
  },
  {
    title: 'what concerns an account is sealed under a key that stays',
    file: `${audit}/audit-trail.service.ts`,
    find: 'const ofSubject = subjectId === null ? null : await this.keys.subject(subjectId, tx);',
    replace: 'const ofSubject = subjectId === null ? null : null;',
    specs,
  },
  {
    title: 'a key of a failed transaction is kept',
    file: `${audit}/trail/audit-keys.ts`,
    find: 'if (stored.isCommitted) this.subjects.set(userId, key);',
    replace: 'this.subjects.set(userId, key);',
    specs,
  },
  {
    title: 'the details of an entry are stored in clear',
    file: `${audit}/audit-trail.service.ts`,
    find: 'if (!this.config.audit.encrypt)',
    replace: 'if (this.config.audit.encrypt)',
    specs,
  },
  {
    title: 'keys stay under the earlier AUDIT_ENC_KEY',
    file: `${audit}/trail/audit.rekey.ts`,
    find: '      await this.stored.reseal(name, sealed, after);\n',
    replace: '',
    specs,
  },
  {
    title: 'keys of accounts stay under the earlier AUDIT_ENC_KEY',
    file: `${audit}/trail/audit.rekey.ts`,
    find: 'if (earlier.length > 0) await this.stored.resealSubjects(earlier);',
    replace: '',
    specs,
  },
  {
    title: 'the kill switch waits for a connection for the keys of the audit log',
    file: `${audit}/trail/audit-keys.ts`,
    find: 'const found = await this.keys.find(name, executor);',
    replace: 'const found = await this.keys.find(name);',
    specs: ['src/features/ai-switch/ai-switch.repository.spec.ts'],
  },
  {
    title: 'a type of the service runs as the owner of the audit log',
    file: migration,
    find: 'set search_path = pg_catalog, pg_temp as',
    replace: 'set search_path = pg_catalog as',
    specs,
    test: 'name of a type',
  },
  {
    title: 'the service may move keys of the audit log',
    file: migration,
    find: 'grant select, insert, update (sealed) on',
    replace: 'grant select, insert, update, delete on',
    specs,
  },
  {
    title: 'entries before the first are not read',
    file: `${audit}/chain/verify-chain.ts`,
    find: 'await read(lowest)',
    replace: 'await read(position)',
    specs,
  },
  {
    title: 'a stream that is missing is passed over',
    file: `${audit}/chain/audit-verification.ts`,
    find: 'const heads = allStreams(await entries.heads());',
    replace: 'const heads = await entries.heads();',
    specs,
  },
  {
    title: 'entries without the key of the chain are whole',
    file: `${audit}/chain/audit-verification.ts`,
    find: ' || (await entries.exist())',
    replace: '',
    specs,
  },
];

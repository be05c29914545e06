import type { Mutant } from '../../mutant.ts';

const audit = 'src/features/audit';
const migration = 'supabase/migrations/20261128120001_audit_log.sql';
const effects = 'supabase/migrations/20261129000001_audit_effects.sql';
const checkpoints = 'supabase/migrations/20261129000002_audit_checkpoints.sql';
const specs = [`${audit}/audit-trail.spec.ts`];
const journey = ['test/journeys/audit.spec.ts'];

/** The audit log. */
export const auditMutants: readonly Mutant[] = [
  {
    title: 'an administrator is added without an entry of that',
    file: effects,
    find: "for each row when (new.role in ('admin', 'super_admin'))",
    replace: 'for each row when (false)',
    specs,
  },
  {
    title: 'the service forgets entries unnoticed',
    file: 'src/adapters/postgres/postgres-database.ts',
    find: 'if (this.isAudited) client.query',
    replace: 'if (!this.isAudited) client.query',
    specs,
  },
  {
    title: 'the key of an account is asked for with every entry',
    file: `${audit}/trail/audit-keys.ts`,
    find: '    if (known !== undefined) return known;\n    const stored',
    replace: '    const stored',
    specs,
  },
  {
    title: 'the first entry of an account is sealed under a key that nobody has',
    file: checkpoints,
    find: '  insert into velro.audit_subject_keys (user_id, sealed) values (account, sealed_key);',
    replace: '',
    specs,
  },
  {
    title: 'a rotation makes keys that the instances of before cannot read',
    file: `${audit}/trail/audit-keys.ts`,
    find: 'this.isMoving ? this.present : (this.earlier ?? this.present)',
    replace: 'this.present',
    specs,
  },
  {
    title: 'sessions that an administrator ends are no entry where none was open',
    file: 'src/features/users/users.repository.ts',
    find: ".returning(['epoch', audited])",
    replace: ".returning('epoch')",
    specs: journey,
  },
  {
    title: 'a role is changed without an entry',
    file: 'src/features/users/users.service.ts',
    find: "const entry = { action: 'user.role_changed', subjectId: id, details: { from, to } } as const;",
    replace: "const entry = { action: 'user.enabled', subjectId: id, details: { from, to } } as const;",
    specs: journey,
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
    find: 'subjectId === null || subject === null || !this.config.audit.encrypt',
    replace: 'subjectId !== null',
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
    find: 'payload: !encrypt',
    replace: 'payload: encrypt',
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
    title: 'the service may move keys of the audit log',
    file: migration,
    find: 'grant select, insert, update (sealed) on',
    replace: 'grant select, insert, update, delete on',
    specs,
  },
  {
    title: 'entries before the first are not read',
    file: `${audit}/chain/verify-chain.ts`,
    find: 'let behind = lowest;',
    replace: 'let behind = position;',
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

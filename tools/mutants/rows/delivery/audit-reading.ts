import type { Mutant } from '../../mutant.ts';

const audit = 'src/features/audit';
const migration = 'supabase/migrations/20261129000002_audit_checkpoints.sql';
const checkpoints = [`${audit}/checkpoints/checkpoints.spec.ts`];
const notes = [`${audit}/checkpoints/signed-note.spec.ts`];
const journey = ['test/journeys/audit-reading.spec.ts'];

/** Checkpoints, retention and reading of the audit log. */
export const auditReadingMutants: readonly Mutant[] = [
  {
    title: 'a note is opened whose signature is of another text',
    file: `${audit}/checkpoints/signed-note.ts`,
    find: 'if (this.isOf(Buffer.from(text), signature.subarray(idBytes))) return text;',
    replace: 'return text;',
    specs: notes,
  },
  {
    title: 'leaves and nodes of the tree are hashed alike',
    file: `${audit}/checkpoints/merkle-root.ts`,
    find: 'sha256(Buffer.of(0), first)',
    replace: 'sha256(first)',
    specs: notes,
  },
  {
    title: 'a checkpoint does not name the one before',
    file: `${audit}/checkpoints/checkpoints.service.ts`,
    find: 'previous: last?.note ?? null',
    replace: 'previous: null',
    specs: checkpoints,
  },
  {
    title: 'every instance takes a checkpoint',
    file: `${audit}/checkpoints/checkpoints.service.ts`,
    find: '      await this.checkpoints.lock(tx);\n',
    replace: '',
    specs: checkpoints,
  },
  {
    title: 'a checkpoint is taken and nobody is told',
    file: `${audit}/checkpoints/checkpoints.service.ts`,
    find: '      await this.alerts.tellCheckpoint(tx, note, at);\n',
    replace: '',
    specs: checkpoints,
  },
  {
    title: 'what the log does not hold any more is not compared with checkpoints',
    file: `${audit}/checkpoints/checkpoint-verification.ts`,
    find: "unlike.has(one.number) ? 'unlike' : null",
    replace: 'null',
    specs: checkpoints,
  },
  {
    title: 'a checkpoint is judged by its signature alone',
    file: `${audit}/checkpoints/checkpoint-verification.ts`,
    find: 'signer?.open(one.note) !== text',
    replace: 'signer?.open(one.note) === null',
    specs: checkpoints,
  },
  {
    title: 'a checkpoint that the log has no more is known',
    file: `${audit}/checkpoints/checkpoint-verification.ts`,
    find: "(await checkpoints.has(note)) ? 'known' : 'lost'",
    replace: "'known'",
    specs: checkpoints,
  },
  {
    title: 'the service may delete checkpoints',
    file: migration,
    find: 'grant select, insert on velro.audit_checkpoints to velro_app;',
    replace: 'grant select, insert, update, delete on velro.audit_checkpoints to velro_app;',
    specs: checkpoints,
  },
  {
    title: 'entries of today may be trimmed',
    file: migration,
    find: "  if last_at >= least(older_than, now() - interval '1 day') or exists (",
    replace: '  if last_at >= older_than and exists (',
    specs: checkpoints,
  },
  {
    title: 'a summary stands whoever signed it',
    file: `${audit}/retention/trim.ts`,
    find: 'signer?.isOf(trimBytes(trim), trim.signature) === true ?',
    replace: 'signer !== null ?',
    specs: checkpoints,
  },
  {
    title: 'entries behind one that is too young go',
    file: `${audit}/retention/trims.repository.ts`,
    find: 'bool_and(e.at < ${before}) over (order by e.position) as goes',
    replace: 'e.at < ${before} as goes',
    specs: checkpoints,
  },
  {
    title: 'entries that go while they are verified are missed',
    file: `${audit}/chain/verify-chain.ts`,
    find: 'later.position === entry.position - 1n',
    replace: 'later.position === entry.position',
    specs: checkpoints,
  },
  {
    title: 'an export is not in the audit log',
    file: `${audit}/reading/audit-reading.service.ts`,
    find: "{ action: 'audit.exported', subjectId: null, details }",
    replace: "{ action: 'audit.read', subjectId: null, details }",
    specs: journey,
  },
  {
    title: 'an export without details is open',
    file: `${audit}/reading/audit-reading.service.ts`,
    find: 'yield withDetails ? await this.open(entry) : { entry, payload: null };',
    replace: 'yield await this.open(entry);',
    specs: journey,
  },
  {
    title: 'a cell of an export is a formula',
    file: 'src/perimeter/output/csv.ts',
    find: "/^[=+\\-@\\t\\r]/.test(text) ? `'${text}` : text",
    replace: 'text',
    specs: [`${audit}/reading/audit-export.spec.ts`],
  },
  {
    title: 'reads of personal data are no entries',
    file: `${audit}/audited-read.service.ts`,
    find: '        await this.note(context);\n',
    replace: '',
    specs: journey,
  },
  {
    title: 'what is read of an account does not name it',
    file: `${audit}/audited-read.service.ts`,
    find: "of === 'account' ? id : null",
    replace: 'null',
    specs: journey,
  },
  {
    title: 'what changed since the start before is not said',
    file: `${audit}/configuration/configuration-audit.ts`,
    find: 'before.get(name) !== present.get(name)',
    replace: 'before.get(name) === present.get(name)',
    specs: journey,
  },
  {
    title: 'configurations in the audit log can be tried out',
    file: `${audit}/configuration/configuration-audit.ts`,
    find: "[name, hmacSha256(key, name, '=', text).subarray(0, digestBytes).toString('hex')]",
    replace: '[name, text]',
    specs: journey,
  },
  {
    title: 'the configuration holds the address of the owner of the database',
    file: 'config/settings/settings-record.ts',
    find: ' && name !== withheld',
    replace: '',
    specs: ['test/boot/configuration.spec.ts'],
  },
  {
    title: 'a review of access lists keys that are revoked',
    file: 'src/features/access-review/access-review.repository.ts',
    find: 'where k.revoked_at is null and k.expires_at > now()\n        and coalesce',
    replace: 'where k.expires_at > now()\n        and coalesce',
    specs: ['test/journeys/access-review.spec.ts'],
  },
  {
    title: 'a key that is used is stale',
    file: 'src/features/access-review/access-review.repository.ts',
    find: 'and coalesce(k.last_used_at, k.created_at) < now()',
    replace: 'and k.created_at < now()',
    specs: ['test/journeys/access-review.spec.ts'],
  },
  {
    title: 'a review that says nothing is attested',
    file: 'src/features/access-review/access-review.service.ts',
    find: 'if (!isNotBlank(note))',
    replace: "if (note === '')",
    specs: ['test/journeys/access-review.spec.ts'],
  },
];

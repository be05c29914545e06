import type { Mutant } from '../../mutant.ts';

const audit = 'src/features/audit';
const cost = 'supabase/migrations/20261201000000_audit_cost.sql';
const chain = [`${audit}/chain/audit-verification.spec.ts`];
const specs = [`${audit}/audit-trail.spec.ts`];

/** How entries of the audit log are appended by the database, and read again. */
export const auditAppendMutants: readonly Mutant[] = [
  {
    title: 'an entry of an earlier transaction stands for a change',
    file: cost,
    find: 'where e.at >= now() and e.xmin = pg_current_xact_id()::xid\n    and',
    replace: 'where',
    specs,
  },
  {
    title: 'an entry of another transaction stands for a change where it is noted as an own one',
    file: cost,
    find: '\n      and e.xmin = pg_current_xact_id()::xid and (tg_nargs',
    replace: ' and (tg_nargs',
    specs,
    test: 'of an earlier transaction tells of',
  },
  {
    title: 'an entry of any action stands for a change where it is an own one',
    file: cost,
    find: '\n      and e.xmin = pg_current_xact_id()::xid and (tg_nargs = 0 or e.action = any(tg_argv))',
    replace: ' and e.xmin = pg_current_xact_id()::xid',
    specs,
    test: 'of another action tells of',
  },
  {
    title: 'the service may append an entry of any length',
    file: cost,
    find: 'and length(entry_payload) between 1 and 65536 and length(inner_pad) = 64\n    and length(outer_pad) = 64) is not true',
    replace: ') is not true',
    specs,
    test: 'takes no entry',
  },
  {
    title: 'a batch of entries is read when the one before is judged',
    file: `${audit}/chain/audit-verification.ts`,
    find: 'batch: read(last.position) };',
    replace:
      'batch: Promise.resolve().then(() => new Promise((resolve) => setImmediate(resolve))).then(() => read(last.position)) };',
    specs: chain,
  },
  {
    title: 'a batch that was read ahead is taken for another one',
    file: `${audit}/chain/audit-verification.ts`,
    find: 'ahead?.behind === behind ? ahead.batch : read(behind)',
    replace: 'ahead === null ? read(behind) : ahead.batch',
    specs: chain,
  },
  {
    title: 'a statement that changes several rows has an entry for each',
    file: cost,
    find: '    if found then return; end if;',
    replace: '',
    specs,
  },
  {
    title: 'a change without an entry is committed',
    file: cost,
    find: "if coalesce(current_setting('velro.audits', true), '') <> 'on' then return null; end if;",
    replace: 'if true then return null; end if;',
    specs,
  },
  {
    title: 'an entry of any action stands for every change',
    file: cost,
    find: '    and (tg_nargs = 0 or e.action = any(tg_argv)) limit 1;',
    replace: '    limit 1;',
    specs,
  },
  {
    title: 'transactions wait for each other at one chain',
    file: cost,
    find: '    where s.stream = first for update skip locked;',
    replace: '    where s.stream = 0 for update;',
    specs,
    test: 'do not wait',
  },
  {
    title: 'a transaction takes one chain after the other',
    file: cost,
    find: 'coalesce(own_stream, pg_backend_pid() % 64)',
    replace: 'pg_backend_pid() % 64',
    specs,
  },
  {
    title: 'a type of the service runs as the owner of the audit log',
    file: cost,
    find: 'set search_path = pg_catalog, pg_temp as',
    replace: 'set search_path = pg_catalog as',
    specs,
    test: 'name of a type',
  },
];

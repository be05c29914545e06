import type { Mutant } from '../../mutant.ts';

const service = 'src/features/security/export/siem-export.service.ts';
const repository = 'src/features/security/export/siem-export.repository.ts';
const specs = ['src/features/security/export/siem-export.service.spec.ts'];

/** Events that the SIEM refuses. */
export const siemRefusalMutants: readonly Mutant[] = [
  {
    title: 'an event that the SIEM always refuses holds back those behind it',
    file: service,
    find: 'else if (cause instanceof SiemRefused)',
    replace: 'else if (cause instanceof SiemRefused && limits.batch < 0)',
    specs,
    test: 'alone',
  },
  {
    title: 'what is refused with others is put aside with them',
    file: service,
    find: 'if (first === undefined || refused.length > 1) {',
    replace: 'if (first === undefined) {',
    specs,
    test: 'alone',
  },
  {
    title: 'a SIEM that refuses everything loses everything',
    file: service,
    find: 'if (lease.refusedInRow >= limits.refusedInRow) {',
    replace: 'if (lease.refusedInRow >= 1e9) {',
    specs,
    test: 'has ten of them',
  },
  {
    title: 'each event about a refusal that is refused is another one',
    file: service,
    find: 'if (text === refusalText)',
    replace: "if (text === '')",
    specs,
    test: 'about a refusal',
  },
  {
    title: 'a refusal is told of each time',
    file: service,
    find: 'if (aside.isNew) this',
    replace: 'this',
    specs,
    test: 'alone',
  },
  {
    title: 'an instance whose lease was taken over puts events aside',
    file: repository,
    find: 'where claim = ${claim}::uuid and position = ${from}::bigint returning 1',
    replace: 'where position = ${from}::bigint returning 1',
    specs,
    test: 'taken over meanwhile',
  },
  {
    title: 'refused events are listed for ever',
    file: repository,
    find: 'where exists (select from moved) and r.event_id',
    replace: 'where false and r.event_id',
    specs,
    test: 'no longer stored',
  },
  {
    title: 'a SIEM that lets nobody in refuses the events',
    file: 'config/policy/operations/siem.ts',
    find: 'new Set([400, 413, 422])',
    replace: 'new Set([400, 401, 413, 422])',
    specs: ['test/contracts/siem-receiver.spec.ts'],
    test: 'refuses the events themselves',
  },
];

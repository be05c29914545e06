import type { Mutant } from '../mutant.ts';

const declaration: readonly Mutant[] = [
  {
    title: 'a table of persons may be left out of what is exported and erased',
    file: 'src/features/privacy/personal-tables.ts',
    find: '  ...noticesPersonalData,\n',
    replace: '',
    specs: ['src/features/privacy/personal-tables.spec.ts'],
  },
  {
    title: 'the rows of a person may be found without an index',
    file: 'src/features/security/security.personal-data.ts',
    find: 'right(velro.threat_scores.subject, 36) = ${userId}::text',
    replace: 'reverse(velro.threat_scores.subject) = ${userId}::text',
    specs: ['src/features/privacy/personal-tables.spec.ts'],
  },
];

export const privacyMutants: readonly Mutant[] = [...declaration];

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

const journey = ['test/journeys/account-deletion.spec.ts'];

const deletion: readonly Mutant[] = [
  {
    title: 'the deletion of an account may be asked for without a fresh proof',
    file: 'src/features/privacy/deletion/account-deletion.controller.ts',
    find: '  @StepUp()\n',
    replace: '',
    specs: journey,
    test: 'is not requested without',
  },
  {
    title: 'the last administrator may ask for the deletion',
    file: 'src/features/privacy/deletion/account-deletion.service.ts',
    find: "if (await this.users.isLastAdministrator(tx, user)) throw new Problem('last_administrator');",
    replace: '',
    specs: journey,
    test: 'is refused to the last administrator',
  },
  {
    title: 'two administrators may leave at one time',
    file: 'src/features/privacy/deletion/account-deletion.service.ts',
    find: '      await this.users.lockAdministration(tx);\n',
    replace: '',
    specs: journey,
    test: 'is refused to the last administrator',
  },
  {
    title: 'the last administrator may be closed who was not the last when asking',
    file: 'src/features/privacy/deletion/account-closing.ts',
    find: 'if (await this.users.isLastAdministrator(tx, user)) throw new LastAdministrator();',
    replace: '',
    specs: journey,
    test: 'is refused to the last administrator',
  },
  {
    title: 'an account may be erased of which something is left',
    file: 'src/features/privacy/deletion/account-erasure.ts',
    find: 'if (left.length > 0) return { ...waits(waitSeconds), left };',
    replace: '',
    specs: journey,
  },
  {
    title: 'objects of an erased account may stay in the storage',
    file: 'src/features/storage/removal/account-files.service.ts',
    find: 'return this.removals.sweepOf(userId, signal);',
    replace: 'return signal.aborted ? this.removals.sweepOf(userId, signal) : Promise.resolve();',
    specs: ['test/faults/account-deletion.spec.ts'],
    test: 'identity provider is away',
  },
  {
    title: 'the identity of an erased account may stay at the provider',
    file: 'src/features/privacy/deletion/account-removal.ts',
    find: '    await this.identities.remove(userId, ownAddress);\n',
    replace: '',
    specs: journey,
  },
  {
    title: 'first credits may be had again by deleting the account',
    file: 'src/features/credits/credits.service.ts',
    find: 'if (await this.first.areSpent(tx, email)) return;',
    replace: '',
    specs: journey,
  },
  {
    title: 'a success that is none may count as the removal of an identity',
    file: 'src/adapters/supabase/supabase-identity.ts',
    find: "if (error === null) throw new IdentityUnavailable('the identity provider still has what it removed');",
    replace: 'if (error === null) return;',
    specs: ['test/contracts/identity-provider.spec.ts'],
  },
  {
    title: 'a restored database may keep whom it must not have',
    file: 'src/features/privacy/deletion/erased-accounts.service.ts',
    find: 'if (waiting.length > 0) await write();',
    replace: '',
    specs: ['test/faults/account-deletion.spec.ts'],
    test: 'loses the account again',
  },
  {
    title: 'an erased account may be added again by a late sign-in',
    file: 'src/features/users/users.repository.ts',
    find: 'and not exists (select from velro.erased_accounts where pseudonym = any(${[...pseudonyms]}::bytea[]))',
    replace: '',
    specs: ['src/features/users/users.repository.spec.ts'],
  },
];

const exportJourney = ['test/journeys/data-export.spec.ts'];

const exports: readonly Mutant[] = [
  {
    title: 'data may be exported without a fresh proof',
    file: 'src/features/privacy/export/data-export.controller.ts',
    find: '@StepUp()\n',
    replace: '',
    specs: exportJourney,
    test: 'is not had without',
  },
  {
    title: 'an export may be had by somebody else',
    file: 'src/features/privacy/export/data-exports.repository.ts',
    find: "      .where('id', '=', id)\n      .where('user_id', '=', caller.userId)\n",
    replace: "      .where('id', '=', id)\n",
    specs: exportJourney,
    test: 'is not had without',
  },
  {
    title: 'an export may have a file that the malware scanner has not seen',
    file: 'src/features/storage/storage.personal-data.ts',
    find: "id: 'id', unreadable: 'scan_due_at' }",
    replace: "id: 'id' }",
    specs: exportJourney,
    test: 'of a file in quarantine',
  },
  {
    title: 'what somebody wrote may be markup in their export',
    file: 'src/features/privacy/export/export-pages.ts',
    find: "  escapeHtml(typeof value === 'string' ? value : JSON.stringify(value, null, 1));",
    replace: "  typeof value === 'string' ? value : escapeHtml(JSON.stringify(value, null, 1));",
    specs: exportJourney,
  },
  {
    title: 'links to exported data may be given without an entry in the audit log',
    file: 'src/features/privacy/export/data-export.service.ts',
    find: '    await this.audit.append(this.database.query, entry, client);\n',
    replace: '    void entry;\n    void client;\n',
    specs: exportJourney,
    test: 'is asked for once',
  },
  {
    title: 'expired exports may stay in the storage',
    file: 'src/features/privacy/export/data-export-removal.ts',
    find: 'if (first !== undefined) await this.removals.request(tx, first, keys, erasedUserId);',
    replace: 'if (ids.length < 0) await this.removals.request(tx, first, keys, erasedUserId);',
    specs: ['src/features/privacy/export/data-export-removal.spec.ts'],
  },
];

export const privacyMutants: readonly Mutant[] = [...declaration, ...deletion, ...exports];

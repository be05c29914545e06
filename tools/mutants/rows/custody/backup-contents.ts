import type { Mutant } from '../../mutant.ts';

const folder = 'src/adapters/postgres/backup';
const spec = [`${folder}/backup.spec.ts`];
const journey = ['test/journeys/backup.spec.ts'];

/** Who made a backup, what in it was made by hand, and by which connection. */
export const backupContentMutants: readonly Mutant[] = [
  {
    title: 'a backup is restored that somebody else has made',
    file: `${folder}/manifest/manifest.ts`,
    find: 'if (!isOurs && !acceptsUnauthenticated)',
    replace: "if (hmac === '' && !acceptsUnauthenticated)",
    specs: spec,
    test: 'made by somebody without AUDIT_ENC_KEY',
  },
  {
    title: 'a backup is restored that was changed behind its HMAC',
    file: 'src/crypto/backup-mac.ts',
    find: 'hmacSha256(deriveKey(key, `backup/${kind}`), text)',
    replace: "hmacSha256(deriveKey(key, `backup/${kind}`), text === '' ? text : kind)",
    specs: spec,
    test: 'was changed by somebody',
  },
  {
    title: 'a backup without an HMAC is restored unasked',
    file: `${folder}/manifest/manifest.ts`,
    find: 'if (!acceptsUnauthenticated) throw',
    replace: 'if (!acceptsUnauthenticated && manifest !== undefined) throw',
    specs: spec,
    test: 'knew no HMAC',
  },
  {
    title: 'a backup is taken for made with AUDIT_ENC_KEY that was not',
    file: `${folder}/manifest/manifest.ts`,
    find: 'return { manifest: manifestIn(recordIn(manifest)), isAuthentic: isOurs };',
    replace:
      'return { manifest: manifestIn(recordIn(manifest)), isAuthentic: isOurs || acceptsUnauthenticated };',
    specs: spec,
    test: 'taken without its HMAC',
  },
  {
    title: 'backups before a rotation of AUDIT_ENC_KEY are refused',
    file: 'src/crypto/backup-mac.ts',
    find: '[current, previous].some',
    replace: '[current, previous].slice(0, 1).some',
    specs: spec,
    test: 'taken without its HMAC',
  },
  {
    title: 'a backup does not say what was made by hand',
    file: `${folder}/hand-made.ts`,
    find: '(isComparable && schema ===',
    replace: '(!isComparable && schema ===',
    specs: spec,
    test: 'made by hand',
  },
  {
    title: 'a table that somebody made by hand makes a backup worthless',
    file: `${folder}/copy-rows.ts`,
    find: 'if (one === undefined && handMade.includes(`${schema}.${table}`)) continue;',
    replace: 'if (one === undefined && handMade.length < 0) continue;',
    specs: spec,
    test: 'made by hand',
  },
  {
    title: 'a column that somebody made by hand is left in a restored table',
    file: `${folder}/copy-rows.ts`,
    find: 'drop column ${pg.escapeIdentifier(column)}`',
    replace: 'alter column ${pg.escapeIdentifier(column)} drop not null`',
    specs: spec,
    test: 'made by hand',
  },
  {
    title: 'a backup is made through a transaction pooler',
    file: `${folder}/owner-client.ts`,
    find: 'if (first !== second && (await',
    replace: 'if (first !== 0 && second !== 0 && (await',
    specs: spec,
    test: 'transaction pooler',
  },
  {
    title: 'objects are restored under a service',
    file: 'src/cli/backup/db-restore.ts',
    find: '    await requireAlone(client, ownerUrl);\n',
    replace: '    void [requireAlone, ownerUrl];\n',
    specs: journey,
    test: 'stores no objects',
  },
];

import type { Mutant } from '../../mutant.ts';

const folder = 'src/features/key-watch';
const journey = ['test/journeys/key-watch.spec.ts'];

/** The watch over keys and tokens. */
export const keyWatchMutants: readonly Mutant[] = [
  {
    title: 'a key that ends within three days is a warning alone',
    file: `${folder}/key-level.ts`,
    find: "  if (left <= criticalDays) return 'critical';\n",
    replace: '',
    specs: [`${folder}/key-level.spec.ts`],
  },
  {
    title: 'every start of several instances with a new key says that it was rotated',
    file: `${folder}/key-watch.repository.ts`,
    find: "      await sql`select pg_advisory_xact_lock(hashtext('velro.key_fingerprints'))`.execute(tx);\n",
    replace: '',
    specs: [`${folder}/key-watch.repository.spec.ts`],
  },
  {
    title: 'after a rotation of PSEUDONYM_KEY every key is new',
    file: `${folder}/key-fingerprints.ts`,
    find: 'earlier: previous === null ? null : fingerprintOf(key, previous),',
    replace: 'earlier: null,',
    specs: [`${folder}/key-watch.repository.spec.ts`],
  },
  {
    title: 'fingerprints of keys are of the keys alone, and passwords are tried out by them',
    file: `${folder}/key-fingerprints.ts`,
    find: "hmacSha256(deriveKey(by, 'fingerprints'), name",
    replace: "hmacSha256(Buffer.from('fingerprints'), name",
    specs: [`${folder}/key-watch.repository.spec.ts`],
  },
  {
    title: 'a page that is not subscribed stays so',
    file: `${folder}/key-watch.task.ts`,
    find: '      await this.page.subscribe(signal);\n',
    replace: '',
    specs: journey,
    test: 'whose page is not subscribed',
  },
  {
    title: 'a page is subscribed where one field of many is',
    file: 'src/adapters/meta/meta-page.ts',
    find: 'fields.every((field)',
    replace: 'fields.some((field)',
    specs: journey,
    test: 'whose page is not subscribed',
  },
  {
    title: 'while Meta says nothing, nothing is known of the token',
    file: `${folder}/key-watch.task.ts`,
    find: 'tokenExpiresAt: token === null ? before.tokenExpiresAt : token.expiresAt,',
    replace: 'tokenExpiresAt: token?.expiresAt ?? null,',
    specs: journey,
    test: 'stay as Meta said last',
  },
  {
    title: 'a level is noted as told before it is',
    file: `${folder}/key-watch.task.ts`,
    find: 'const news = new Set(await this.repository.untold(items));',
    replace:
      'const news = new Set(await this.repository.untold(items)); if (news.size > 0) await this.repository.noteTold(items);',
    specs: [`${folder}/key-watch.repository.spec.ts`],
    test: 'before that was noted',
  },
  {
    title: 'a rotation is told of behind its note alone',
    file: `${folder}/key-watch.repository.ts`,
    find: '      rotated.forEach(tell);\n',
    replace: '      setImmediate(() => { try { rotated.forEach(tell); } catch { return; } });\n',
    specs: [`${folder}/key-watch.repository.spec.ts`],
    test: 'told of before that is noted',
  },
  {
    title: 'a token of a page that is replaced stays as the one before was',
    file: `${folder}/key-watch.repository.ts`,
    find: 'if (rotated.includes(pageTokenName))',
    replace: 'if (rotated.includes(pageTokenName.toLowerCase()))',
    specs: [`${folder}/key-watch.repository.spec.ts`],
    test: 'judged anew',
  },
  {
    title: 'a key that is due is said to be so each hour',
    file: `${folder}/key-watch.task.ts`,
    find: "level !== 'ok' && news.has(name)",
    replace: "level !== 'ok' && (news.has(name) || true)",
    specs: journey,
    test: 'that are old are a notice',
  },
  {
    title: 'an instance without a page looks every two seconds whether Meta is to be asked',
    file: `${folder}/key-watch.task.ts`,
    find: 'if (now < this.lookAt) return false;',
    replace: '',
    specs: [`${folder}/key-watch.task.spec.ts`],
  },
];

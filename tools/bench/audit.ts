// Benchmark of the audit log: the same effect with and without its entry, in turns of one run, by as many connections as an instance has, each
// committed synchronously; and the verification of many entries. `--entries n`: how many are verified; by default 100,000.
import 'reflect-metadata';
import { randomBytes, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { build } from '../build.ts';
import { urlsOf } from './support/embedded-database.ts';
import { median, say } from './support/figures.ts';
import { startService } from './support/service.ts';

await build();
const { Secret } = await import('#dist/config/values/secret.js');
const { databaseLimits } = await import('#dist/config/policy/operations/database.js');
const { PostgresDatabase } = await import('#dist/src/adapters/postgres/postgres-database.js');
const { SystemRandom } = await import('#dist/src/adapters/system/system.js');
const { AuditTrail } = await import('#dist/src/features/audit/audit-trail.service.js');
const { AuditKeys } = await import('#dist/src/features/audit/trail/audit-keys.js');
const { AuditKeysRepository } = await import('#dist/src/features/audit/trail/audit-keys.repository.js');
const { AuditRepository } = await import('#dist/src/features/audit/trail/audit.repository.js');
const { TrimsRepository } = await import('#dist/src/features/audit/retention/trims.repository.js');
const { verifyAuditLog } = await import('#dist/src/features/audit/chain/audit-verification.js');

const aims = { share: 0.5, millionSeconds: 60 };
const rounds = { turns: 5, seconds: 2, senders: 20, accounts: 200 };
const place = process.argv.indexOf('--entries');
const wanted = place < 0 ? 100_000 : Number(process.argv[place + 1]);

const auditKey = randomBytes(32).toString('base64');
const service = await startService({ AUDIT_ENC_KEY: auditKey });
const connect = (isAudited: boolean) =>
  new PostgresDatabase(new Secret(urlsOf(service.home).app()), () => undefined, databaseLimits, isAudited);
const [database, plain] = [connect(true), connect(false)];
const random = new SystemRandom();
const keyOf = (text: string) => ({ current: new Secret(text), previous: null });

/** The audit log as an instance has it that writes entries, or none. */
function logOf(by: typeof database, enabled: boolean) {
  const config = {
    audit: { enabled, encrypt: true, key: keyOf(auditKey), retentionDays: 90 },
    pseudonymKey: keyOf(auditKey),
  };
  const keys = new AuditKeys(config, new AuditKeysRepository(by), random);
  const entries = new AuditRepository(by);
  return {
    trail: new AuditTrail(config, keys, entries, random),
    keys,
    entries,
    trims: new TrimsRepository(by),
  };
}
const log = logOf(database, true);
const without = logOf(plain, false);

let misses = 0;
function report(text: string, isMet: boolean): void {
  if (!isMet) misses++;
  say(`${isMet ? 'ok  ' : 'MISS'} ${text}`);
}

/** Effects a second: an account is disabled or enabled, in one statement. */
async function rate(
  { trail }: typeof log,
  by: typeof database,
  accounts: readonly string[],
): Promise<number> {
  let done = 0;
  const until = performance.now() + rounds.seconds * 1000;
  await Promise.all(
    Array.from({ length: rounds.senders }, async (_, sender) => {
      for (let turn = 0; performance.now() < until; turn++) {
        const subjectId = accounts[(sender + turn * rounds.senders) % accounts.length] ?? '';
        const action = turn % 2 === 0 ? 'user.disabled' : 'user.enabled';
        const entry = await trail.entry(by.query, { action, subjectId }, null);
        await by.query
          .updateTable('users')
          .set({ disabled_at: turn % 2 === 0 ? sql<Date>`now()` : null })
          .where('id', '=', subjectId)
          .returning(entry)
          .execute();
        done++;
      }
    }),
  );
  return done / rounds.seconds;
}

async function figure(query: string): Promise<string> {
  const { rows } = await sql<{ figure: string }>`select (${sql.raw(query)})::text as figure`.execute(
    plain.query,
  );
  return rows[0]?.figure ?? '';
}

/** Entries until there are so many. */
async function fill(): Promise<void> {
  const entry = {
    action: 'ai.switched',
    subjectId: null,
    details: { enabled: true, by: 'operator' },
  } as const;
  for (let made = Number(await figure('select count(*) from velro.audit_entries')); made < wanted;) {
    const chunk = Math.min(250, Math.ceil((wanted - made) / 8));
    await Promise.all(
      Array.from({ length: 8 }, () =>
        database.transaction(async (tx) => {
          const all = await Promise.all(
            Array.from({ length: chunk }, () => log.trail.entry(tx, entry, null)),
          );
          await sql`select ${sql.join(all.map(({ expression }) => expression))}`.execute(tx);
        }),
      ),
    );
    made += 8 * chunk;
  }
}

try {
  const accounts = Array.from({ length: rounds.accounts }, () => randomUUID());
  await sql`insert into velro.users (id, email) select id, id || '@example.com' from unnest(${accounts}::uuid[]) id`.execute(
    plain.query,
  );
  await Promise.all([database.warm(), plain.warm()]);
  for (const subjectId of accounts)
    await log.trail.append(database.query, { action: 'user.enabled', subjectId }, null);
  const pairs: { readonly audited: number; readonly plain: number }[] = [];
  for (let turn = 0; turn <= rounds.turns; turn++)
    pairs.push({ plain: await rate(without, plain, accounts), audited: await rate(log, database, accounts) });
  // The first turn warms.
  const counted = pairs.slice(1);
  const share = median(counted.map(({ audited, plain: alone }) => audited / alone));
  report(
    `${median(counted.map(({ audited }) => audited)).toFixed(0)} audited effects a second, ${median(counted.map((pair) => pair.plain)).toFixed(0)} without entries: a share of ${share.toFixed(2)} (aim ${aims.share}); synchronous_commit ${await figure("select current_setting('synchronous_commit')")}`,
    share >= aims.share,
  );
  await fill();
  const start = performance.now();
  const { entries, faults } = await verifyAuditLog(log, () => undefined);
  const seconds = (performance.now() - start) / 1000;
  const million = (seconds * 1_000_000) / Number(entries);
  report(
    `${entries} entries verified in ${seconds.toFixed(1)} s: a million in ${million.toFixed(0)} s (aim ${aims.millionSeconds})`,
    faults === 0 && million <= aims.millionSeconds,
  );
} finally {
  await Promise.all([database.close(), plain.close()]);
  await service.stop();
}
process.exitCode = misses === 0 ? 0 : 1;

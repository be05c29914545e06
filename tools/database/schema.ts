// Generates src/database/schema.ts from the migrations, which it applies to a temporary database.
// With --verify: changes nothing, and fails when the committed file differs.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { build, root } from '../build.ts';

const run = promisify(execFile);
const target = join(root, 'src/database/schema.ts');

/** Whether the committed types match the migrations; with `write`, writes them and returns true. */
export async function schemaIsCurrent({ write }: { readonly write: boolean }): Promise<boolean> {
  await build();
  // The driver and the generator would complete the address by what the shell says to psql.
  await import('#dist/config/environment/driver-variables.js');
  const home = await mkdtemp(join(tmpdir(), 'velro-schema-'));
  const { PostgresCluster } = await import('#dist/src/adapters/embedded/postgres/postgres-cluster.js');
  const { migrate } = await import('#dist/src/adapters/postgres/migrate.js');
  const { Secret } = await import('#dist/config/values/secret.js');
  const cluster = await PostgresCluster.open(home);
  try {
    await migrate({ ownerUrl: new Secret(cluster.ownerUrl), appUrl: new Secret(cluster.appUrl) });
    await requirePolicies(cluster.ownerUrl);
    const draft = join(home, 'schema.ts');
    const overrides = JSON.stringify({ columns: await closedColumns(cluster.ownerUrl) });
    const binary = join(root, 'node_modules/kysely-codegen/dist/cli/bin.js');
    const flags = [
      '--dialect',
      'postgres',
      '--url',
      cluster.ownerUrl,
      '--default-schema',
      'velro',
      '--include-pattern',
      'velro.*',
      '--overrides',
      overrides,
    ];
    await run(process.execPath, [binary, ...flags, '--out-file', draft], { cwd: home });
    const generated = await readFile(draft, 'utf8');
    if (write) await writeFile(target, generated);
    return write || generated === (await readFile(target, 'utf8').catch(() => ''));
  } finally {
    await cluster.stop();
    await rm(home, { recursive: true, force: true });
  }
}

/**
 * Text columns that a CHECK constraint restricts to a list of values, with the TypeScript union of those values as their type:
 * values read from such a column need no cast.
 */
async function closedColumns(url: string): Promise<Record<string, string>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{
    name: string;
    definition: string;
    nullable: boolean;
    has_default: boolean;
  }>(`select t.relname || '.' || a.attname as name, pg_get_constraintdef(c.oid) as definition,
      not a.attnotnull as nullable, a.atthasdef as has_default
    from pg_constraint c join pg_class t on t.oid = c.conrelid
      join pg_attribute a on a.attrelid = t.oid and a.attnum = c.conkey[1]
    where c.contype = 'c' and c.connamespace = 'velro'::regnamespace and cardinality(c.conkey) = 1
    order by 1`);
  await client.end();
  const columns: Record<string, string> = {};
  for (const { name, definition, nullable, has_default: hasDefault } of rows) {
    const list = /^CHECK \(\(\w+ = ANY \(ARRAY\[(.*)\]\)\)\)$/.exec(definition)?.[1];
    if (list === undefined) continue;
    const words = [...list.matchAll(/'((?:[^']|'')*)'::text/g)].map(([, word = '']) =>
      word.replaceAll("''", "'"),
    );
    const union = words.map((word) => JSON.stringify(word)).join(' | ') + (nullable ? ' | null' : '');
    columns[name] = hasDefault ? `Generated<${union}>` : union;
  }
  return columns;
}

/** Throws unless every table has row level security and a policy; without a policy the role of the service reads no rows. */
async function requirePolicies(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{
    relname: string;
  }>(`select relname from pg_class where relnamespace = 'velro'::regnamespace and relkind = 'r'
    and (not relrowsecurity or not exists (select from pg_policy where polrelid = pg_class.oid))`);
  await client.end();
  if (rows.length > 0)
    throw new Error(
      `tables without row level security or policy: ${rows.map((row) => row.relname).join(', ')}`,
    );
}

if (import.meta.main) {
  const current = await schemaIsCurrent({ write: !process.argv.includes('--verify') });
  process.stdout.write(
    current
      ? 'src/database/schema.ts matches the migrations\n'
      : 'src/database/schema.ts differs from the migrations: npm run schema\n',
  );
  process.exitCode = current ? 0 : 1;
}

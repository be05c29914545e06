import pg from 'pg';
import { nameOf, type CatalogTable } from './catalog.js';

interface ForeignKey {
  readonly table: string;
  readonly name: string;
  readonly definition: string;
}

/**
 * Runs `work` with the triggers and the foreign keys of the tables off, in the transaction of the caller: what triggers would do was done
 * before the backup, and rows come table by table. Foreign keys are made anew, which verifies every row; the owner of the
 * tables needs no right beside that for either. After an error the caller has to roll back.
 */
export async function withoutConstraints(
  client: pg.Client,
  tables: readonly CatalogTable[],
  work: () => Promise<void>,
): Promise<void> {
  const names = tables.map(({ schema, table }) => nameOf(schema, table));
  const keys = await foreignKeysOf(client, names);
  for (const { table, name } of keys)
    await client.query(`alter table ${table} drop constraint ${pg.escapeIdentifier(name)}`);
  for (const name of names) await client.query(`alter table ${name} disable trigger user`);
  await work();
  for (const name of names) await client.query(`alter table ${name} enable trigger user`);
  for (const { table, name, definition } of keys)
    await client.query(`alter table ${table} add constraint ${pg.escapeIdentifier(name)} ${definition}`);
}

async function foreignKeysOf(client: pg.Client, tables: readonly string[]): Promise<ForeignKey[]> {
  const { rows } = await client.query<ForeignKey>(
    `select format('%I.%I', n.nspname, c.relname) as table, k.conname as name, pg_get_constraintdef(k.oid) as definition
     from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
     where k.contype = 'f' and k.conrelid = any(select t::regclass from unnest($1::text[]) t) order by 1, 2`,
    [tables],
  );
  return rows;
}

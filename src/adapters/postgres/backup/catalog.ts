import pg from 'pg';

/**
 * A table of which a backup holds the rows, and its columns: not generated ones, and no numbers of transactions, which count
 * differently in another cluster and have a default.
 */
export interface CatalogTable {
  readonly schema: string;
  readonly table: string;
  readonly columns: readonly string[];
}

export interface CatalogSequence {
  readonly schema: string;
  readonly sequence: string;
}

/**
 * Every table of ours whose rows a crash would leave: counters that are unlogged are nothing to keep. Of the embedded default's
 * identities the accounts alone; its sessions, unused by the service, would give access.
 */
const ours = `(n.nspname = 'velro' or ($1 and n.nspname = 'auth' and c.relname in ('users', 'identities')))`;

export async function tablesOf(client: pg.Client, hasIdentities: boolean): Promise<CatalogTable[]> {
  const { rows } = await client.query<CatalogTable>(
    `select n.nspname as schema, c.relname as table,
       array(select a.attname::text from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
               and a.attgenerated = '' and a.atttypid <> 'xid8'::regtype order by a.attnum) as columns
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'r' and c.relpersistence = 'p' and ${ours} order by 1, 2`,
    [hasIdentities],
  );
  return rows;
}

export async function sequencesOf(client: pg.Client, hasIdentities: boolean): Promise<CatalogSequence[]> {
  const { rows } = await client.query<CatalogSequence>(
    `select n.nspname as schema, c.relname as sequence from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'S' and ${ours} order by 1, 2`,
    [hasIdentities],
  );
  return rows;
}

export const nameOf = (schema: string, name: string): string =>
  `${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(name)}`;

/** The part of a COPY statement that names the table and its columns. */
export const copied = ({ schema, table, columns }: CatalogTable): string =>
  `${nameOf(schema, table)} (${columns.map((column) => pg.escapeIdentifier(column)).join(', ')})`;

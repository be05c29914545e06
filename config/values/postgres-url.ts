import { parseUrl } from './web-address.js';

/** A parsed database URL, as the driver reads it. */
export interface PostgresAddress {
  readonly host: string;
  readonly port: string;
  readonly user: string;
  readonly password: string;
  /** Query parameters; a repeated parameter has all its values. */
  readonly parameters: ReadonlyMap<string, readonly string[]>;
}

/** Null when it is no `postgres://` URL with a host. */
export function parsePostgresUrl(text: string): PostgresAddress | null {
  const url = parseUrl(text, ['postgres:', 'postgresql:']);
  if (url === null) return null;
  const parameters = new Map<string, string[]>();
  for (const [name, value] of url.searchParams) {
    parameters.set(name, [...(parameters.get(name) ?? []), value]);
  }
  try {
    return {
      host: url.hostname,
      port: url.port,
      user: decodeURIComponent(url.username),
      password: decodeURIComponent(url.password),
      parameters,
    };
  } catch {
    return null; // a percent sign that encodes nothing
  }
}

export const looksLikeSqlite = (text: string): boolean =>
  /^\s*(sqlite3?:|file:|:memory:)|\.(sqlite3?|db)\s*$/i.test(text);

/**
 * Why the connection would not be encrypted and verified, or null. The driver (pg 8) verifies fully for `require`,
 * `verify-ca` and `verify-full`, unless `uselibpqcompat` restores libpq's weaker semantics.
 */
export function tlsWeakness({ parameters }: PostgresAddress): string | null {
  for (const name of ['sslmode', 'ssl', 'uselibpqcompat']) {
    if ((parameters.get(name) ?? []).length > 1)
      return `gives ${name} twice, so that programs read it differently`;
  }
  const mode = parameters.get('sslmode')?.[0];
  const ssl = parameters.get('ssl')?.[0];
  if (mode === undefined) return 'does not ask for TLS: it has no sslmode';
  if (!['require', 'verify-ca', 'verify-full'].includes(mode))
    return 'asks for TLS that is off, optional or unverified';
  if (ssl !== undefined && ssl !== 'true' && ssl !== '1')
    return 'switches TLS or its verification off by its ssl parameter';
  if (parameters.has('uselibpqcompat') && mode !== 'verify-full') {
    return 'weakens the verification of TLS by uselibpqcompat';
  }
  return null;
}

/** Whether parameters would override the part of the URL before the question mark. */
export const overruling = ({ parameters }: PostgresAddress): boolean =>
  ['user', 'password', 'host', 'port'].some((name) => parameters.has(name));

/** Supabase's pooler requires `user.project`; in the database the role is only `user`. */
export const databaseUser = (user: string): string => user.toLowerCase().replace(/\.[a-z0-9]{1,40}$/, '');

const superusers = new Set([
  'postgres',
  'supabase_admin',
  'root',
  'rdsadmin',
  'cloudsqlsuperuser',
  'azure_superuser',
  'azuresu',
  'doadmin',
  'avnadmin',
]);

/** Whether the role is a known superuser of PostgreSQL or a hosting platform. */
export const isSuperuser = (user: string): boolean => superusers.has(databaseUser(user));

/** LISTEN, prepared statements and session locks do not survive a transaction pooler. */
export const isTransactionPooler = ({ port, parameters }: PostgresAddress): boolean =>
  port === '6543' || (parameters.get('pgbouncer') ?? []).some((value) => /^(true|1|yes)$/i.test(value));

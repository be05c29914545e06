import { canary, password, postgres } from './environments.js';
import { refuses, type Refusal } from './refusal.js';

const queries: readonly (readonly [string, string])[] = [
  ['no sslmode', ''],
  ['sslmode=disable', '?sslmode=disable'],
  ['sslmode=allow', '?sslmode=allow'],
  ['sslmode=prefer', '?sslmode=prefer'],
  ['sslmode=no-verify', '?sslmode=no-verify'],
  ['an unknown sslmode', `?sslmode=${canary()}`],
  ['an sslmode in capitals, which the driver does not know', '?SSLMODE=verify-full'],
  ['two sslmodes', '?sslmode=verify-full&sslmode=disable'],
  ['uselibpqcompat with require', '?uselibpqcompat=true&sslmode=require'],
  ['uselibpqcompat with verify-ca', '?sslmode=verify-ca&uselibpqcompat=true'],
  ['ssl=0', '?sslmode=require&ssl=0'],
  ['ssl=false', '?sslmode=require&ssl=false'],
  ['ssl=no-verify', '?ssl=no-verify'],
  ['ssl=true without sslmode', '?ssl=true'],
  ['a user after the question mark', `?sslmode=verify-full&user=postgres`],
  ['a host after the question mark', `?sslmode=verify-full&host=${canary()}.example.net`],
  ['pgbouncer=true', '?sslmode=verify-full&pgbouncer=true'],
];

const users: readonly (readonly [string, string])[] = [
  ['postgres', 'postgres'],
  ['postgres as the pooler spells it', `postgres.${canary()}`],
  ['postgres, percent-encoded', 'p%6fstgres'],
  ['supabase_admin', 'supabase_admin'],
  ['nobody', ''],
];

const passwords: readonly (readonly [string, string])[] = [
  ['none', ''],
  ['one of 19 characters', password().slice(0, 19)],
  ['a common one', 'password1234password1234'],
  ['the placeholder of a dashboard', '[YOUR-PASSWORD]-AND-MORE'],
];

const files: readonly (readonly [string, string])[] = [
  ['sqlite://', `sqlite:///var/${canary()}.db`],
  ['a SQLite file', `file:./${canary()}.sqlite`],
  ['a path', `./${canary()}.db`],
  ['MySQL', `mysql://velro:${password()}@${canary()}/velro`],
  ['no address at all', canary()],
  ['a blank inside', `postgresql://velro_app:${password()}@db ${canary()}/velro`],
  [
    'a percent sign that encodes nothing',
    `postgresql://velro_app:%zz${password()}@${canary()}.example.net/velro?sslmode=require`,
  ],
];

/** Rows about the two database addresses. */
export const databaseRefusals: readonly Refusal[] = [
  refuses('production', 'no database', 'DATABASE_URL', undefined),
  refuses('staging', 'no database', 'DATABASE_URL', undefined),
  ...queries.map(([title, query]) =>
    refuses('production', `a database with ${title}`, 'DATABASE_URL', postgres('velro_app', query)),
  ),
  ...users.map(([title, user]) =>
    refuses('production', `a database reached as ${title}`, 'DATABASE_URL', postgres(user)),
  ),
  ...passwords.map(([title, secret]) =>
    refuses(
      'production',
      `a database password that is ${title}`,
      'DATABASE_URL',
      postgres('velro_app', undefined, secret),
    ),
  ),
  ...files.map(([title, value]) =>
    refuses('production', `a database that is ${title}`, 'DATABASE_URL', value),
  ),
  refuses(
    'production',
    'the port of the transaction pooler',
    'DATABASE_URL',
    postgres('velro_app', undefined, undefined, 6543),
  ),
  refuses('development', 'SQLite in development', 'DATABASE_URL', `sqlite:///tmp/${canary()}.db`),
  refuses(
    'development',
    'somebody else’s database without TLS in development',
    'DATABASE_URL',
    postgres('velro_app', ''),
  ),
  refuses(
    'development',
    'a transaction pooler in development',
    'DATABASE_URL',
    `postgres://me:${canary()}@localhost:6543/velro`,
  ),
  refuses(
    'production',
    'migrations as the user of the service',
    'DATABASE_MIGRATION_URL',
    postgres('velro_app'),
  ),
  refuses(
    'production',
    'migrations as the user of the service, as the pooler spells it',
    'DATABASE_MIGRATION_URL',
    postgres(`velro_app.${canary()}`),
  ),
  refuses(
    'production',
    'migrations without TLS',
    'DATABASE_MIGRATION_URL',
    postgres('velro_owner', '?sslmode=disable'),
  ),
  refuses(
    'production',
    'migrations with a short password',
    'DATABASE_MIGRATION_URL',
    postgres('velro_owner', undefined, canary().slice(0, 10)),
  ),
  refuses('staging', 'migrations on SQLite', 'DATABASE_MIGRATION_URL', `sqlite:${canary()}`),
];

import { isDeployed } from '../environment/environment.defaults.js';
import type { ValidationResult } from '../values/validation-result.js';
import { isLocalHost } from '../values/network-address.js';
import {
  databaseUser,
  isSuperuser,
  isTransactionPooler,
  looksLikeSqlite,
  overruling,
  parsePostgresUrl,
  tlsWeakness,
  type PostgresAddress,
} from '../values/postgres-url.js';
import { demands, isPlaceholder, weaknessOfText } from '../secrets/secret-strength.js';
import type { Secret } from '../values/secret.js';
import type { Rule } from './rule.js';

type DatabaseVariable = 'DATABASE_URL' | 'DATABASE_MIGRATION_URL';
const form = 'Write postgresql://user:password@host:5432/database?sslmode=verify-full.';

function read(
  variable: DatabaseVariable,
  secret: Secret | undefined,
  result: ValidationResult,
): PostgresAddress | null {
  if (secret === undefined) return null;
  const text = secret.reveal();
  const address = parsePostgresUrl(text);
  if (address !== null && !overruling(address)) return address;
  if (address !== null) {
    result.refuse(variable, 'names its user, password, host or port after the question mark', form);
  } else if (looksLikeSqlite(text)) result.refuse(variable, 'is SQLite', form);
  else if (isPlaceholder(text)) result.refuse(variable, 'is still a placeholder', form);
  else result.refuse(variable, 'is not the address of a PostgreSQL database', form);
  return null;
}

function validateGuarded(
  variable: DatabaseVariable,
  address: PostgresAddress,
  result: ValidationResult,
): void {
  const tls = tlsWeakness(address);
  if (tls !== null) result.refuse(variable, tls, 'End it with ?sslmode=verify-full.');
  if (address.user === '') result.refuse(variable, 'names no user', form);
  const weakness = weaknessOfText(address.password, demands.databasePassword);
  if (weakness !== null) {
    result.refuse(
      variable,
      `has a password that ${weakness}`,
      'Make one with: openssl rand -base64 33 | tr +/ -_',
    );
  }
}

/**
 * A database on the local machine needs no TLS and no strong password; any other must satisfy production's rules,
 * because its traffic crosses a network.
 */
export const databases: Rule = (settings, result, name) => {
  const address = read('DATABASE_URL', settings.DATABASE_URL, result);
  const owner = read('DATABASE_MIGRATION_URL', settings.DATABASE_MIGRATION_URL, result);
  if (address !== null && isTransactionPooler(address)) {
    result.refuse(
      'DATABASE_URL',
      'is a transaction pooler, which loses LISTEN and session state',
      'Use the direct connection or the session pooler, port 5432.',
    );
  }
  const guarded = (one: PostgresAddress): boolean => isDeployed(name) || !isLocalHost(one.host);
  if (address !== null && guarded(address)) {
    validateGuarded('DATABASE_URL', address, result);
    if (isSuperuser(address.user)) {
      result.refuse(
        'DATABASE_URL',
        'connects as a superuser',
        'Connect as velro_app, which db:migrate makes.',
      );
    }
  }
  if (owner === null || !guarded(owner)) return;
  validateGuarded('DATABASE_MIGRATION_URL', owner, result);
  if (address === null) return;
  if (databaseUser(address.user) === databaseUser(owner.user)) {
    result.refuse(
      'DATABASE_MIGRATION_URL',
      'has the same user as DATABASE_URL',
      'Give migrations the owner and the service velro_app.',
    );
  }
};

export const databasePresent: Rule = (settings, result) => {
  if (settings.DATABASE_URL !== undefined) return;
  result.refuse('DATABASE_URL', 'is missing, and the embedded database is for development alone', form);
};

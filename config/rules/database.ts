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
  judgement: ValidationResult,
): PostgresAddress | null {
  if (secret === undefined) return null;
  const text = secret.reveal();
  const address = parsePostgresUrl(text);
  if (address !== null && !overruling(address)) return address;
  if (address !== null) {
    judgement.refuse(variable, 'names its user, password, host or port after the question mark', form);
  } else if (looksLikeSqlite(text)) judgement.refuse(variable, 'is SQLite', form);
  else if (isPlaceholder(text)) judgement.refuse(variable, 'is still a placeholder', form);
  else judgement.refuse(variable, 'is not the address of a PostgreSQL database', form);
  return null;
}

function validateGuarded(
  variable: DatabaseVariable,
  address: PostgresAddress,
  judgement: ValidationResult,
): void {
  const tls = tlsWeakness(address);
  if (tls !== null) judgement.refuse(variable, tls, 'End it with ?sslmode=verify-full.');
  if (address.user === '') judgement.refuse(variable, 'names no user', form);
  const weakness = weaknessOfText(address.password, demands.databasePassword);
  if (weakness !== null) {
    judgement.refuse(
      variable,
      `has a password that ${weakness}`,
      'Make one with: openssl rand -base64 33 | tr +/ -_',
    );
  }
}

/**
 * A database on the developer's own machine may do without TLS and strong passwords; any other is judged as
 * production judges it, for its traffic crosses wires.
 */
export const databases: Rule = (settings, judgement, name) => {
  const address = read('DATABASE_URL', settings.DATABASE_URL, judgement);
  const owner = read('DATABASE_MIGRATION_URL', settings.DATABASE_MIGRATION_URL, judgement);
  if (address !== null && isTransactionPooler(address)) {
    judgement.refuse(
      'DATABASE_URL',
      'is a transaction pooler, which loses LISTEN and session state',
      'Use the direct connection or the session pooler, port 5432.',
    );
  }
  const guarded = (one: PostgresAddress): boolean => isDeployed(name) || !isLocalHost(one.host);
  if (address !== null && guarded(address)) {
    validateGuarded('DATABASE_URL', address, judgement);
    if (isSuperuser(address.user)) {
      judgement.refuse(
        'DATABASE_URL',
        'connects as a superuser',
        'Connect as velro_app, which db:migrate makes.',
      );
    }
  }
  if (owner === null || !guarded(owner)) return;
  validateGuarded('DATABASE_MIGRATION_URL', owner, judgement);
  if (address === null) return;
  if (databaseUser(address.user) === databaseUser(owner.user)) {
    judgement.refuse(
      'DATABASE_MIGRATION_URL',
      'has the same user as DATABASE_URL',
      'Give migrations the owner and the service velro_app.',
    );
  }
};

export const databasePresent: Rule = (settings, judgement) => {
  if (settings.DATABASE_URL !== undefined) return;
  judgement.refuse('DATABASE_URL', 'is missing, and the embedded database is for development alone', form);
};

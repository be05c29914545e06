import { deployed, fail, holds, inside, notApplicable, type Control } from './control.js';

const mostStatementMs = 30_000;
const mostRoundTripMs = 250;

export const databaseControls = {
  'database/postgres': {
    title: 'The database is PostgreSQL, and a server of its own',
    remedy: 'Set DATABASE_URL.',
    check: deployed((see) => {
      const { version, isEmbedded } = see('database');
      return holds(
        version.startsWith('PostgreSQL ') && !isEmbedded,
        isEmbedded ? 'the embedded one' : version,
      );
    }),
  },
  'database/tls': {
    title: 'The connection to the database is encrypted',
    remedy: 'Let DATABASE_URL end in ?sslmode=verify-full.',
    check: inside((see) => {
      if (see('database').isEmbedded) return notApplicable('the embedded database, over loopback');
      return holds(see('databaseTls'), see('databaseTls') ? 'TLS, as the server sees it' : 'in the clear');
    }),
  },
  'database/least-privilege': {
    title: 'The role of the service may read and write rows, and nothing else',
    remedy: 'Let DATABASE_URL name velro_app, the role that the migrations make.',
    check: inside((see) => {
      const { name, powers } = see('databaseRole');
      return holds(powers.length === 0, powers.length === 0 ? name : `${name}: ${powers.join(', ')}`);
    }),
  },
  'database/row-security': {
    title: 'Every table has row level security',
    remedy: 'Run npm run db:migrate; for a table of your own: alter table … enable row level security.',
    check: inside((see) => {
      const tables = see('openTables');
      return holds(
        tables.length === 0,
        tables.length === 0 ? 'none is without' : `without: ${tables.join(', ')}`,
      );
    }),
  },
  'database/pool': {
    title: 'Connections come from a bounded pool, and no statement runs without end',
    remedy:
      'config/policy/operations/database.ts has both bounds; a pooler before the database may take the second away.',
    check: inside((see) => {
      const { poolSize, statementTimeoutMs } = see('database');
      return holds(
        poolSize > 0 && poolSize <= 100 && statementTimeoutMs > 0 && statementTimeoutMs <= mostStatementMs,
        `${String(poolSize)} connections, ${String(statementTimeoutMs)} ms a statement`,
      );
    }),
  },
  'database/answers': {
    title: `The database answers within ${String(mostRoundTripMs)} ms`,
    remedy: 'Move the service into the region of the database; look for what keeps the database busy.',
    check: inside((see) => {
      const { roundTripMs } = see('database');
      return holds(roundTripMs <= mostRoundTripMs, `${String(Math.ceil(roundTripMs))} ms`);
    }),
  },
  'backups/recent': {
    title: 'A backup succeeded within a day',
    remedy: 'Run npm run db:backup -- --every 24h on a worker (docs/backups.md).',
    check: deployed((see) => {
      const backup = see('backup');
      if (backup === null) return fail('BACKUP_TARGET is not set');
      const last = backup.lastSuccess?.toISOString() ?? 'never';
      return holds(backup.lastSuccess !== null && !backup.isOverdue, `last success: ${last}`);
    }),
  },
  'backups/elsewhere': {
    title: 'Backups are kept at another place than the database: another host, in a named region',
    remedy: 'Let BACKUP_TARGET name a bucket of another region (?region=…).',
    check: deployed((see) => {
      const place = see('backupPlace');
      if (place === null) return fail('BACKUP_TARGET is not set');
      const { host, region, databaseHost } = place;
      return holds(
        region !== '' && host !== databaseHost && !databaseHost.includes(region),
        `${host} in ${region || 'no named region'}, the database at ${databaseHost}`,
      );
    }),
  },
  'backups/restored': {
    title: 'A backup was restored and compared within a week',
    remedy: 'Run npm run db:backup:test -- --every 7d where the identity of the backups is kept.',
    check: deployed((see) => {
      const test = see('selfTest');
      if (test === null) return fail('BACKUP_TARGET is not set');
      const last = test.lastPassed?.toISOString() ?? 'never';
      return holds(test.lastPassed !== null && !test.isOverdue, `last passed: ${last}`);
    }),
  },
} as const satisfies Record<string, Control>;

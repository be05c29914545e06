import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { Config } from '../../../config/config.js';
import { Secret } from '../../../config/values/secret.js';
import { SystemRandom } from '../../../src/adapters/system/system.js';
import type { Database } from '../../../src/database/database.js';
import { AuditTrail, type AppendedEntry } from '../../../src/features/audit/audit-trail.service.js';
import { CheckpointsRepository } from '../../../src/features/audit/checkpoints/checkpoints.repository.js';
import { TrimsRepository } from '../../../src/features/audit/retention/trims.repository.js';
import { AuditKeys } from '../../../src/features/audit/trail/audit-keys.js';
import { AuditKeysRepository } from '../../../src/features/audit/trail/audit-keys.repository.js';
import { AuditRepository } from '../../../src/features/audit/trail/audit.repository.js';

/** For a repository that is asked past the service that audits. */
export const noEntry: AppendedEntry = sql`null`.as('audited');

export type AuditSettings = Config['audit'];

export const newAuditKey = (): Secret => new Secret(randomBytes(32).toString('base64'));

/** How an audit log is configured that one database has for itself. */
export const auditSettings = (more: Partial<AuditSettings> = {}): AuditSettings => ({
  enabled: true,
  encrypt: true,
  key: { current: newAuditKey(), previous: null },
  retentionDays: 90,
  ...more,
});

export interface AuditLog {
  readonly trail: AuditTrail;
  readonly keys: AuditKeys;
  readonly entries: AuditRepository;
  readonly stored: AuditKeysRepository;
  readonly trims: TrimsRepository;
  readonly checkpoints: CheckpointsRepository;
}

/** The audit log of a database, as one instance has it. */
export function auditLogOf(database: Database, audit: AuditSettings = auditSettings()): AuditLog {
  const random = new SystemRandom();
  const stored = new AuditKeysRepository(database);
  const keys = new AuditKeys({ audit }, stored, random);
  const entries = new AuditRepository(database);
  const pseudonymKey = { current: new Secret('0'.repeat(44)), previous: null };
  return {
    trail: new AuditTrail({ audit, pseudonymKey }, keys, entries, random),
    keys,
    entries,
    stored,
    trims: new TrimsRepository(database),
    checkpoints: new CheckpointsRepository(database),
  };
}

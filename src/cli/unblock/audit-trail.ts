import type { Config } from '../../../config/config.js';
import { SystemRandom } from '../../adapters/system/system.js';
import type { Database } from '../../database/database.js';
import { AuditTrail } from '../../features/audit/audit-trail.service.js';
import { AuditKeys } from '../../features/audit/trail/audit-keys.js';
import { AuditKeysRepository } from '../../features/audit/trail/audit-keys.repository.js';
import { AuditRepository } from '../../features/audit/trail/audit.repository.js';

/** The audit log for a command that changes what must be in it. */
export function auditTrailOf(config: Pick<Config, 'audit' | 'pseudonymKey'>, database: Database): AuditTrail {
  return new AuditTrail(
    config,
    auditKeysOf(config, database),
    new AuditRepository(database),
    new SystemRandom(),
  );
}

export const auditKeysOf = (config: Pick<Config, 'audit'>, database: Database): AuditKeys =>
  new AuditKeys(config, new AuditKeysRepository(database), new SystemRandom());

import { Module } from '@nestjs/common';
import { AuditTrail } from './audit-trail.service.js';
import { AuditKeys } from './trail/audit-keys.js';
import { AuditKeysRepository } from './trail/audit-keys.repository.js';
import { AuditRekey } from './trail/audit.rekey.js';
import { AuditRepository } from './trail/audit.repository.js';

@Module({
  providers: [AuditKeysRepository, AuditKeys, AuditRepository, AuditTrail, AuditRekey],
  exports: [AuditTrail, AuditKeys, AuditRepository],
})
export class AuditModule {}

import { Module } from '@nestjs/common';
import { SecurityModule } from '../security/security.module.js';
import { AuditModule } from './audit.module.js';
import { AuditGauges } from './checkpoints/audit-gauges.js';
import { CheckpointController } from './checkpoints/checkpoint.controller.js';
import { CheckpointsRepository } from './checkpoints/checkpoints.repository.js';
import { CheckpointsService } from './checkpoints/checkpoints.service.js';
import { ConfigurationAudit } from './configuration/configuration-audit.js';
import { AuditCheckService } from './reading/audit-check.service.js';
import { AuditEntriesRepository } from './reading/audit-entries.repository.js';
import { AuditReadingService } from './reading/audit-reading.service.js';
import { AuditController } from './reading/audit.controller.js';
import { AuditRetention } from './retention/audit.retention.js';
import { TrimsRepository } from './retention/trims.repository.js';

/** What is done with the audit log once it is written. */
@Module({
  imports: [AuditModule, SecurityModule],
  controllers: [AuditController, CheckpointController],
  providers: [
    AuditReadingService,
    AuditEntriesRepository,
    AuditCheckService,
    AuditGauges,
    CheckpointsService,
    CheckpointsRepository,
    AuditRetention,
    ConfigurationAudit,
    TrimsRepository,
  ],
})
export class AuditAdminModule {}

import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { ControlsModule } from '../controls/controls.module.js';
import { UsersModule } from '../users/users.module.js';
import { WebhookEventsModule } from '../webhooks/events/webhook-events.module.js';
import { AlertService } from './alerts/alert.service.js';
import { AlertsRepository } from './alerts/alerts.repository.js';
import { AlertsWorker } from './alerts/alerts.worker.js';
import { SecurityTextController } from './contact/security-text.controller.js';
import { CspReportController } from './csp-reports/csp-report.controller.js';
import { EventWriter } from './events/event-writer.js';
import { SecurityController } from './security.controller.js';
import { SecurityEventsRepository } from './events/security-events.repository.js';
import { SecurityPurge } from './security.purge.js';
import { AlertReceivers } from './alerts/alert-receivers.js';
import { AlertOutbox } from './alerts/alert-outbox.js';
import { BlockReach } from './blocks/block-reach.js';
import { BlocksService } from './blocks/blocks.service.js';
import { SecurityEventsService } from './events/security-events.service.js';
import { SiemExportRepository } from './export/siem-export.repository.js';
import { SiemExport } from './export/siem-export.service.js';
import { SiemGauges } from './export/siem-gauges.js';
import { PostureService } from './posture/posture.service.js';

@Module({
  imports: [AuditModule, ControlsModule, UsersModule, WebhookEventsModule],
  controllers: [SecurityController, CspReportController, SecurityTextController],
  providers: [
    AlertOutbox,
    AlertReceivers,
    BlockReach,
    BlocksService,
    PostureService,
    SecurityEventsService,
    SecurityEventsRepository,
    SecurityPurge,
    SiemExport,
    SiemExportRepository,
    SiemGauges,
    EventWriter,
    AlertService,
    AlertsRepository,
    AlertsWorker,
  ],
  exports: [EventWriter, AlertService],
})
export class SecurityModule {}

import { Module } from '@nestjs/common';
import { UsersModule } from '../users/users.module.js';
import { AlertDesk } from './alerts/alert-desk.js';
import { AlertsRepository } from './alerts/alerts.repository.js';
import { AlertsWorker } from './alerts/alerts.worker.js';
import { CspReportController } from './csp-reports/csp-report.controller.js';
import { EventKeeper } from './events/event-keeper.js';
import { SecurityController } from './security.controller.js';
import { SecurityEventsRepository } from './events/security-events.repository.js';
import { SecurityPurge } from './security.purge.js';
import { SecurityService } from './security.service.js';

@Module({
  imports: [UsersModule],
  controllers: [SecurityController, CspReportController],
  providers: [
    SecurityService,
    SecurityEventsRepository,
    SecurityPurge,
    EventKeeper,
    AlertDesk,
    AlertsRepository,
    AlertsWorker,
  ],
  exports: [EventKeeper],
})
export class SecurityModule {}

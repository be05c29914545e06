import { Module } from '@nestjs/common';
import { UsersModule } from '../users/users.module.js';
import { AlertDesk } from './alert-desk.js';
import { AlertsRepository } from './alerts.repository.js';
import { AlertsWorker } from './alerts.worker.js';
import { CspReportController } from './csp-report.controller.js';
import { EventKeeper } from './event-keeper.js';
import { SecurityController } from './security.controller.js';
import { SecurityEventsRepository } from './security-events.repository.js';
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

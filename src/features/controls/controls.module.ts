import { Module } from '@nestjs/common';
import { AccessReviewModule } from '../access-review/access-review.module.js';
import { AiSwitchModule } from '../ai-switch/ai-switch.module.js';
import { AssistantsModule } from '../assistants/assistants.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { BackupsModule } from '../backups/backups.module.js';
import { HealthModule } from '../health/health.module.js';
import { KeyWatchModule } from '../key-watch/key-watch.module.js';
import { MaintenanceModule } from '../maintenance/maintenance.module.js';
import { PrivacyModule } from '../privacy/privacy.module.js';
import { ControlsController } from './controls.controller.js';
import { ControlsRepository } from './controls.repository.js';
import { ControlsService } from './controls.service.js';
import { AssistantsLooks } from './facts/assistants-looks.js';
import { ConfigurationLooks } from './facts/configuration-looks.js';
import { CustodyLooks } from './facts/custody-looks.js';
import { DatabaseLooks } from './facts/database-looks.js';
import { InsideLooks } from './facts/inside-looks.js';
import { ProcessLooks } from './facts/process-looks.js';

/** What must be true of a deployment, and whether it is. */
@Module({
  imports: [
    AccessReviewModule,
    AiSwitchModule,
    AssistantsModule,
    AuditModule,
    BackupsModule,
    HealthModule,
    KeyWatchModule,
    MaintenanceModule,
    PrivacyModule,
  ],
  controllers: [ControlsController],
  providers: [
    ControlsService,
    ControlsRepository,
    InsideLooks,
    ConfigurationLooks,
    DatabaseLooks,
    ProcessLooks,
    CustodyLooks,
    AssistantsLooks,
  ],
  exports: [ControlsService],
})
export class ControlsModule {}

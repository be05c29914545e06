import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.js';
import { ChatModule } from '../assistants/chat/chat.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { CreditsModule } from '../credits/credits.module.js';
import { GenerationsModule } from '../generations/generations.module.js';
import { NoticesModule } from '../notices/notices.module.js';
import { StorageModule } from '../storage/storage.module.js';
import { UsageModule } from '../usage/usage.module.js';
import { UsersModule } from '../users/users.module.js';
import { WebhookEndpointsModule } from '../webhooks/endpoints/webhook-endpoints.module.js';
import { AccountClosing } from './deletion/account-closing.js';
import { AccountDeletionController } from './deletion/account-deletion.controller.js';
import { AccountDeletionService } from './deletion/account-deletion.service.js';
import { AccountDeletionWorker } from './deletion/account-deletion.worker.js';
import { AccountDeletionsRepository } from './deletion/account-deletions.repository.js';
import { AccountErasure } from './deletion/account-erasure.js';
import { AccountRemoval } from './deletion/account-removal.js';
import { ErasedAccountsService } from './deletion/erased-accounts.service.js';
import { ErasureReplayService } from './deletion/erasure-replay.service.js';
import { ErasureRepository } from './deletion/erasure.repository.js';
import { PersonErasure } from './deletion/person-erasure.js';
import { DataExportRemoval } from './export/data-export-removal.js';
import { DataExportController } from './export/data-export.controller.js';
import { DataExportService } from './export/data-export.service.js';
import { DataExportWorker } from './export/data-export.worker.js';
import { DataExportsPurge } from './export/data-exports.purge.js';
import { DataExportsRepository } from './export/data-exports.repository.js';
import { ExportPart } from './export/export-part.js';
import { ExportRowsRepository } from './export/export-rows.repository.js';
import { RetentionController } from './retention/retention.controller.js';
import { RetentionReport } from './retention/retention-report.service.js';

/** What a person may ask of what the service knows of them. */
@Module({
  imports: [
    AccountsModule,
    AuditModule,
    ChatModule,
    CreditsModule,
    GenerationsModule,
    NoticesModule,
    StorageModule,
    UsageModule,
    UsersModule,
    WebhookEndpointsModule,
  ],
  controllers: [AccountDeletionController, DataExportController, RetentionController],
  providers: [
    RetentionReport,
    // Exports.
    DataExportService,
    DataExportsRepository,
    DataExportWorker,
    DataExportRemoval,
    DataExportsPurge,
    ExportPart,
    ExportRowsRepository,
    // Deletions.
    AccountDeletionService,
    AccountDeletionsRepository,
    AccountDeletionWorker,
    AccountErasure,
    AccountClosing,
    AccountRemoval,
    PersonErasure,
    ErasureRepository,
    ErasedAccountsService,
    ErasureReplayService,
  ],
  exports: [RetentionReport],
})
export class PrivacyModule {}

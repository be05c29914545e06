import { Module } from '@nestjs/common';
import { MediaModule } from '../media/media.module.js';
import { UsersModule } from '../users/users.module.js';
import { AbandonedDrafts } from './removal/abandoned-drafts.js';
import { ExpiredFiles } from './removal/expired-files.js';
import { AccountFilesService } from './removal/account-files.service.js';
import { FileRemoval } from './removal/file-removal.js';
import { FilesController } from './files.controller.js';
import { FilesRepository } from './files.repository.js';
import { FilesService } from './files.service.js';
import { OrphanedObjects } from './removal/orphaned-objects.js';
import { RemovableFilesRepository } from './removal/removable-files.repository.js';
import { StorageRemovals } from './removal/storage-removals.js';
import { StorageSweeps } from './removal/storage-sweeps.js';
import { StorageWatch } from './storage-watch.js';
import { StoredResults } from './stored-results.js';
import { SweepLease } from './removal/sweep-lease.js';
import { FileIntake } from './uploads/file-intake.js';
import { FileStore } from './uploads/file-store.js';
import { InspectionService } from './uploads/inspection.service.js';
import { QuarantinedFiles } from './quarantine/quarantined-files.js';
import { QuarantineRepository } from './quarantine/quarantine.repository.js';
import { ExpiredUploads } from './resumable/expired-uploads.js';
import { ResumableController } from './resumable/resumable.controller.js';
import { ResumableRepository } from './resumable/resumable.repository.js';
import { ResumableService } from './resumable/resumable.service.js';
import { UploadAppending } from './resumable/upload-appending.js';
import { UploadFinishing } from './resumable/upload-finishing.js';
import { UploadFailures } from './uploads/upload-failures.js';
import { UploadPlaces } from './uploads/upload-places.js';
import { UploadsController } from './uploads/uploads.controller.js';
import { UploadsRepository } from './uploads/uploads.repository.js';
import { UploadsService } from './uploads/uploads.service.js';
import { MediaLinks } from './media-links.js';

@Module({
  imports: [MediaModule, UsersModule],
  controllers: [FilesController, ResumableController, UploadsController],
  providers: [
    // Requests.
    FilesService,
    FilesRepository,
    StoredResults,
    MediaLinks,
    // Uploads.
    UploadsService,
    UploadsRepository,
    UploadPlaces,
    UploadFailures,
    FileIntake,
    FileStore,
    InspectionService,
    ResumableService,
    ResumableRepository,
    UploadAppending,
    UploadFinishing,
    // Health.
    StorageWatch,
    // Removal.
    AccountFilesService,
    FileRemoval,
    RemovableFilesRepository,
    StorageRemovals,
    // Sweeps.
    StorageSweeps,
    SweepLease,
    ExpiredFiles,
    OrphanedObjects,
    AbandonedDrafts,
    ExpiredUploads,
    QuarantineRepository,
    QuarantinedFiles,
  ],
  exports: [AccountFilesService, FilesService, InspectionService, StoredResults, MediaLinks, StorageRemovals],
})
export class StorageModule {}

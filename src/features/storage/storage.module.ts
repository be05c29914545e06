import { Module } from '@nestjs/common';
import { UsersModule } from '../users/users.module.js';
import { AbandonedDrafts } from './removal/abandoned-drafts.js';
import { ExpiredFiles } from './removal/expired-files.js';
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
import { MediaLinks } from './media-links.js';

@Module({
  imports: [UsersModule],
  controllers: [FilesController],
  providers: [
    // Requests.
    FilesService,
    FilesRepository,
    StoredResults,
    MediaLinks,
    // Health.
    StorageWatch,
    // Removal.
    FileRemoval,
    RemovableFilesRepository,
    StorageRemovals,
    // Sweeps.
    StorageSweeps,
    SweepLease,
    ExpiredFiles,
    OrphanedObjects,
    AbandonedDrafts,
  ],
  exports: [FilesService, StoredResults, MediaLinks, StorageRemovals],
})
export class StorageModule {}

import { Module } from '@nestjs/common';
import { BackupGauges } from './backup-gauges.js';
import { BackupWatch } from './backup-watch.js';
import { BackupsRepository } from './backups.repository.js';
import { SelfTestWatch } from './self-test/self-test-watch.js';

/** The watch over backups, which are made as another role than the service's. */
@Module({
  providers: [BackupsRepository, BackupWatch, SelfTestWatch, BackupGauges],
  exports: [BackupWatch, SelfTestWatch],
})
export class BackupsModule {}

import { Module } from '@nestjs/common';
import { NoticesPurge } from './notices.purge.js';
import { NoticesRepository } from './notices.repository.js';
import { NoticesService } from './notices.service.js';
import { NoticesWorker } from './notices.worker.js';

@Module({
  providers: [NoticesService, NoticesRepository, NoticesWorker, NoticesPurge],
  exports: [NoticesService],
})
export class NoticesModule {}

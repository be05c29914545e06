import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { AccessReviewController } from './access-review.controller.js';
import { AccessReviewRepository } from './access-review.repository.js';
import { AccessReviewService } from './access-review.service.js';

@Module({
  imports: [AuditModule],
  controllers: [AccessReviewController],
  providers: [AccessReviewService, AccessReviewRepository],
  exports: [AccessReviewService],
})
export class AccessReviewModule {}

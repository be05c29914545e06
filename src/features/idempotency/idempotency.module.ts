import { Module } from '@nestjs/common';
import { IdempotencyPurge } from './idempotency.purge.js';
import { IdempotencyRepository } from './idempotency.repository.js';
import { IdempotencyService } from './idempotency.service.js';

@Module({
  providers: [IdempotencyRepository, IdempotencyService, IdempotencyPurge],
  exports: [IdempotencyService],
})
export class IdempotencyModule {}

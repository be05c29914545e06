import { Injectable } from '@nestjs/common';
import { idempotencyPolicy } from '../../../config/policy/generations/generations.js';
import { Log } from '../../observability/log.js';
import { IdempotencyRepository } from './idempotency.repository.js';
import { inBatches } from '../../tasks/in-batches.js';
import { Purge } from '../../tasks/purge.js';

/** Deletes keys after a day. */
@Injectable()
export class IdempotencyPurge extends Purge {
  constructor(
    private readonly keys: IdempotencyRepository,
    log: Log,
  ) {
    super(idempotencyPolicy.purgeEverySeconds, 'old idempotency keys', log);
  }

  async run(signal: AbortSignal): Promise<void> {
    await inBatches(idempotencyPolicy.purgeBatch, () => this.keys.purge(), signal);
  }
}

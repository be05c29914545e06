import { Injectable } from '@nestjs/common';
import { accountDeletionPolicy } from '../../../config/policy/privacy/deletion.js';
import { Log } from '../../observability/log.js';
import { inBatches } from '../../tasks/in-batches.js';
import { Purge } from '../../tasks/purge.js';
import { FirstCreditsRepository } from './first-credits.repository.js';

/** Forgets addresses of deleted accounts that may have first credits again. */
@Injectable()
export class FirstCreditsPurge extends Purge {
  constructor(
    private readonly first: FirstCreditsRepository,
    log: Log,
  ) {
    super(accountDeletionPolicy.purgeEverySeconds, 'addresses of deleted accounts', log);
  }

  async run(signal: AbortSignal): Promise<void> {
    const { batch } = accountDeletionPolicy;
    await inBatches(batch, () => this.first.purge(batch), signal);
  }
}

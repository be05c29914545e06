import { Injectable } from '@nestjs/common';
import { callbackPolicy } from '../../../../config/policy/generations/generations.js';
import { Log } from '../../../observability/log.js';
import { CallbacksRepository } from './callbacks.repository.js';
import { inBatches } from '../../../tasks/in-batches.js';
import { Purge } from '../../../tasks/purge.js';

/** Deletes signatures that are too old to be replayed, in batches. */
@Injectable()
export class CallbacksPurge extends Purge {
  constructor(
    private readonly callbacks: CallbacksRepository,
    log: Log,
  ) {
    super(callbackPolicy.purgeEverySeconds, 'old callbacks', log);
  }

  async run(signal: AbortSignal): Promise<void> {
    await inBatches(callbackPolicy.purgeBatch, () => this.callbacks.purge(), signal);
  }
}

import { Injectable } from '@nestjs/common';
import { visitorTokenPolicy } from '../../../../config/policy/accounts/tokens.js';
import { Log } from '../../../observability/log.js';
import { inBatches } from '../../../tasks/in-batches.js';
import { Purge } from '../../../tasks/purge.js';
import { VisitorsRepository } from './visitors.repository.js';

/** Deletes visitors that did not come back, with their conversations. */
@Injectable()
export class VisitorsPurge extends Purge {
  constructor(
    private readonly visitors: VisitorsRepository,
    log: Log,
  ) {
    super(visitorTokenPolicy.purgeEverySeconds, 'visitors that did not come back', log);
  }

  async run(signal: AbortSignal): Promise<void> {
    await inBatches(visitorTokenPolicy.purgeBatch, () => this.visitors.purge(), signal);
  }
}

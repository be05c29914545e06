import { Injectable } from '@nestjs/common';
import { sessionPurgePolicy } from '../../../../config/policy/accounts/tokens.js';
import { Log } from '../../../observability/log.js';
import { inBatches } from '../../../tasks/in-batches.js';
import { Purge } from '../../../tasks/purge.js';
import { SessionsRepository } from './sessions.repository.js';

/** Deletes sessions whose retention after their end is over, in batches. */
@Injectable()
export class SessionsPurge extends Purge {
  constructor(
    private readonly sessions: SessionsRepository,
    log: Log,
  ) {
    super(sessionPurgePolicy.everySeconds, 'ended sessions', log);
  }

  async run(signal: AbortSignal): Promise<void> {
    await inBatches(sessionPurgePolicy.batch, () => this.sessions.purge(sessionPurgePolicy.batch), signal);
  }
}

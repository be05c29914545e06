import { Injectable } from '@nestjs/common';
import { emailChangePolicy } from '../../../../config/policy/accounts/email-change.js';
import { Log } from '../../../observability/log.js';
import { inBatches } from '../../../tasks/in-batches.js';
import { Purge } from '../../../tasks/purge.js';
import { EmailChangeRepository } from './email-change.repository.js';

/** Deletes changes of an address whose link has expired, in batches: the address must not stay. */
@Injectable()
export class EmailChangePurge extends Purge {
  constructor(
    private readonly changes: EmailChangeRepository,
    log: Log,
  ) {
    super(emailChangePolicy.purgeEverySeconds, 'expired changes of addresses', log);
  }

  async run(signal: AbortSignal): Promise<void> {
    await inBatches(emailChangePolicy.batch, () => this.changes.purge(emailChangePolicy.batch), signal);
  }
}

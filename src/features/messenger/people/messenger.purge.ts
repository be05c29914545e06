import { Injectable } from '@nestjs/common';
import { messengerPolicy } from '../../../../config/policy/assistants/messenger.js';
import { Log } from '../../../observability/log.js';
import { inBatches } from '../../../tasks/in-batches.js';
import { Purge } from '../../../tasks/purge.js';
import { PeopleRepository } from './people.repository.js';

const { keepDays, purgeEverySeconds, purgeBatch } = messengerPolicy;

/** Deletes old messages of Messenger, and people who did not come back. */
@Injectable()
export class MessengerPurge extends Purge {
  constructor(
    private readonly people: PeopleRepository,
    log: Log,
  ) {
    super(purgeEverySeconds, 'old messages of Messenger', log);
  }

  async run(signal: AbortSignal): Promise<void> {
    await inBatches(purgeBatch, () => this.people.purgeMessages(keepDays, purgeBatch), signal);
    await inBatches(purgeBatch, () => this.people.purgePeople(keepDays, purgeBatch), signal);
  }
}

import { Injectable } from '@nestjs/common';
import { deletionPolicy, messengerPolicy } from '../../../../config/policy/assistants/messenger.js';
import { Log } from '../../../observability/log.js';
import { inBatches } from '../../../tasks/in-batches.js';
import { Purge } from '../../../tasks/purge.js';
import { DeletionsRepository } from '../deletion/deletions.repository.js';
import { PeopleRepository } from './people.repository.js';

const { keepDays, purgeEverySeconds, purgeBatch } = messengerPolicy;

/** Deletes what is left of people who are forgotten, old messages of Messenger, people who did not come back, and old requests for deletion. */
@Injectable()
export class MessengerPurge extends Purge {
  constructor(
    private readonly people: PeopleRepository,
    private readonly deletions: DeletionsRepository,
    log: Log,
  ) {
    super(purgeEverySeconds, 'old messages of Messenger', log);
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && (await this.people.sweep(purgeBatch)) > 0);
    await inBatches(purgeBatch, () => this.people.purgeForgotten(purgeBatch), signal);
    await inBatches(purgeBatch, () => this.people.purgeMessages(keepDays, purgeBatch), signal);
    await inBatches(purgeBatch, () => this.people.purgePeople(keepDays, purgeBatch), signal);
    const { keepDays: days, purgeBatch: batch } = deletionPolicy;
    await inBatches(batch, () => this.deletions.purge(days, batch), signal);
  }
}

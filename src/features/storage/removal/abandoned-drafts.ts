import { Injectable } from '@nestjs/common';
import { abandonedDraftsPolicy } from '../../../../config/policy/generations/storage.js';
import { Log } from '../../../observability/log.js';
import { Clock } from '../../../ports/clock.js';
import { ObjectStorage } from '../../../ports/object-storage.js';
import type { Sweep } from './sweep.js';

/** Removes the drafts of processes that were killed during an upload, whether or not anything is stored afterwards. */
@Injectable()
export class AbandonedDrafts implements Sweep {
  readonly name = 'abandoned_drafts';
  readonly everySeconds = abandonedDraftsPolicy.everySeconds;

  constructor(
    private readonly storage: ObjectStorage,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  async run(signal: AbortSignal): Promise<void> {
    const before = new Date(this.clock.now() - abandonedDraftsPolicy.ageSeconds * 1000);
    const count = await this.storage.removeDrafts(before, signal);
    if (count > 0) this.log.info('abandoned drafts were removed', { count });
  }
}

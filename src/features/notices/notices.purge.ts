import { Injectable } from '@nestjs/common';
import { noticePolicy } from '../../../config/policy/accounts/notices.js';
import { Log } from '../../observability/log.js';
import { Clock } from '../../ports/clock.js';
import { inBatches } from '../../tasks/in-batches.js';
import { Purge } from '../../tasks/purge.js';
import { NoticesRepository } from './notices.repository.js';

/** Deletes notices whose job is gone, in batches. */
@Injectable()
export class NoticesPurge extends Purge {
  constructor(
    private readonly notices: NoticesRepository,
    private readonly clock: Clock,
    log: Log,
  ) {
    super(noticePolicy.purgeEverySeconds, 'old notices', log);
  }

  async run(signal: AbortSignal): Promise<void> {
    const before = new Date(this.clock.now() - noticePolicy.keepDays * 24 * 3600 * 1000);
    await inBatches(noticePolicy.batch, () => this.notices.purge(before, noticePolicy.batch), signal);
  }
}

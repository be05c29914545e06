import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Log } from '../../observability/log.js';
import { JobQueue, type Job } from '../../ports/job-queue.js';
import { Mailer } from '../../ports/delivery/mailer.js';
import { NoticesRepository } from './notices.repository.js';
import { noticeText } from './notice-texts.js';
import { Background } from '../../tasks/background.js';

/** Sends the stored notices; a failed one is retried, and one without retries left is deleted and logged. */
@Background()
@Injectable()
export class NoticesWorker implements OnApplicationBootstrap {
  constructor(
    private readonly mailer: Mailer,
    private readonly notices: NoticesRepository,
    private readonly queue: JobQueue,
    private readonly log: Log,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (!this.mailer.isConfigured) {
      this.log.warn('SMTP_URL is not set: nobody is told by mail of changes to an account');
      return;
    }
    await this.queue.work('notice', 1, (job) => this.send(job));
    await this.queue.work('notice_dead', 1, ({ id }) => this.giveUp(id));
  }

  private async send({ id, signal }: Job): Promise<void> {
    const notice = await this.notices.find(id);
    if (notice === null) return;
    await this.mailer.send({ id, to: notice.recipient, ...noticeText(notice) }, signal);
    await this.notices.close(id);
  }

  private async giveUp(id: string): Promise<void> {
    await this.notices.remove(id);
    this.log.error('a mail about a change to an account could not be sent', { notice_id: id });
  }
}

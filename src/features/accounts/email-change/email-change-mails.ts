import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Transaction } from '../../../database/database.js';
import { Mailer } from '../../../ports/delivery/mailer.js';
import { JobQueue, type Job } from '../../../ports/job-queue.js';
import { EmailChangeLinks } from './email-change-links.js';
import { EmailChangeRepository } from './email-change.repository.js';
import { Background } from '../../../tasks/background.js';

const queueName = 'email_change';

/** Mails with the link to the new address; a failed one is retried as long as its link works. */
@Background()
@Injectable()
export class EmailChangeMails implements OnApplicationBootstrap {
  constructor(
    private readonly mailer: Mailer,
    private readonly changes: EmailChangeRepository,
    private readonly links: EmailChangeLinks,
    private readonly queue: JobQueue,
  ) {}

  get isConfigured(): boolean {
    return this.mailer.isConfigured;
  }

  /** The mail is sent exactly when the change is committed. */
  enqueue(tx: Transaction, changeId: string): Promise<void> {
    return this.queue.enqueue(tx, queueName, changeId);
  }

  async onApplicationBootstrap(): Promise<void> {
    if (this.isConfigured) await this.queue.work(queueName, 1, (job) => this.send(job));
  }

  private async send({ id, signal }: Job): Promise<void> {
    const change = await this.changes.findForMail(id);
    if (change === null) return;
    const text = [
      'Somebody who is signed in to an account asked to make this its e-mail address.',
      '',
      `If this was you, confirm it within an hour: ${this.links.urlOf(change)}`,
      '',
      'If it was not, there is nothing to do: without the confirmation nothing changes.',
      '',
    ].join('\n');
    await this.mailer.send(
      { id, to: change.email, subject: 'Confirm your new e-mail address', text },
      signal,
    );
  }
}

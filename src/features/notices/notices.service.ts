import { Inject, Injectable } from '@nestjs/common';
import type { Transaction } from '../../database/database.js';
import type { ClientContext } from '../../network/client-context.js';
import { JobQueue } from '../../ports/job-queue.js';
import { Mailer } from '../../ports/delivery/mailer.js';
import { Random } from '../../ports/random.js';
import { NoticesRepository } from './notices.repository.js';
import type { NoticeKind } from './notice-texts.js';

/** Tells the owner of an account by mail what changed in it. */
@Injectable()
export class NoticesService {
  constructor(
    @Inject(Mailer) private readonly mailer: Pick<Mailer, 'isConfigured'>,
    private readonly notices: NoticesRepository,
    private readonly queue: JobQueue,
    private readonly random: Random,
  ) {}

  /**
   * Stores the notice and its job in the transaction of the change: it is sent exactly when the change is committed.
   * Nothing is stored where no mail server is configured. `client`: null where the service itself caused it. `recipient`: null for the account's address.
   * Returns its id; null where nothing was stored: no mail server, no such account, or enough of the kind.
   */
  async add(
    tx: Transaction,
    userId: string,
    kind: NoticeKind,
    client: Pick<ClientContext, 'ip'> | null,
    recipient: string | null = null,
  ): Promise<string | null> {
    if (!this.mailer.isConfigured) return null;
    const id = this.random.timeOrderedUuid();
    if (!(await this.notices.add(tx, id, userId, { kind, clientIp: client?.ip ?? null, recipient })))
      return null;
    await this.queue.enqueue(tx, 'notice', id);
    return id;
  }
}

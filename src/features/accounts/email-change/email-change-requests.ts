import { Injectable } from '@nestjs/common';
import { canonicalEmail } from '../../../../config/values/email-address.js';
import { Database } from '../../../database/database.js';
import { Problem } from '../../../errors/problem.js';
import type { Caller } from '../../../guards/route/caller.js';
import type { ClientContext } from '../../../network/client-context.js';
import { SecurityEvents } from '../../../observability/security-events.js';
import { Random } from '../../../ports/random.js';
import { NoticesService } from '../../notices/notices.service.js';
import { UsersService } from '../../users/users.service.js';
import { emailChangeRequested } from '../accounts.events.js';
import { MailLimits } from '../passwords/mail-limits.js';
import { EmailChangeMails } from './email-change-mails.js';
import { EmailChangeRepository } from './email-change.repository.js';

/** Requests for another address: the link goes there, and the present address is told. */
@Injectable()
export class EmailChangeRequests {
  constructor(
    private readonly database: Database,
    private readonly users: UsersService,
    private readonly changes: EmailChangeRepository,
    private readonly mails: EmailChangeMails,
    private readonly limits: MailLimits,
    private readonly notices: NoticesService,
    private readonly random: Random,
    private readonly events: SecurityEvents,
  ) {}

  /**
   * Whether another account has the address is not looked up: only its holder learns it, from the link.
   * @throws Problem `token_invalid`, `validation_failed`, `email_change_unconfigured`
   */
  async request(caller: Caller, address: string, client: ClientContext): Promise<void> {
    if (!this.mails.isConfigured) throw new Problem('email_change_unconfigured');
    const email = canonicalEmail(address);
    const user = await this.users.find(caller.userId);
    if (user?.epoch !== caller.ver) throw new Problem('token_invalid');
    if (email === user.email)
      throw new Problem('validation_failed', {
        errors: [{ field: 'email', code: 'unchanged', message: 'email is the address of the account' }],
      });
    if (!(await this.limits.take('change', email, client))) return;
    const id = this.random.timeOrderedUuid();
    await this.database.transaction(async (tx) => {
      await this.changes.put(tx, caller, { id, email, epoch: caller.ver });
      await this.mails.enqueue(tx, id);
      await this.notices.add(tx, user.id, 'email_change_requested', client);
    });
    emailChangeRequested(this.events, client, user.id);
  }
}

import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.js';
import { Problem } from '../../../errors/problem.js';
import type { Caller } from '../../../guards/route/caller.js';
import type { ClientContext } from '../../../network/client-context.js';
import { SecurityEvents } from '../../../observability/security-events.js';
import { AuditTrail } from '../../audit/audit-trail.service.js';
import { NoticesService } from '../../notices/notices.service.js';
import { UsersService } from '../../users/users.service.js';
import { accountDeletionCancelled, accountDeletionRequested } from '../privacy.events.js';
import { AccountDeletionsRepository, type RequestedDeletion } from './account-deletions.repository.js';

export type { RequestedDeletion } from './account-deletions.repository.js';

/** Requests and cancellations of the deletion of one's own account. While it waits, the account works as before. */
@Injectable()
export class AccountDeletionService {
  constructor(
    private readonly database: Database,
    private readonly deletions: AccountDeletionsRepository,
    private readonly users: UsersService,
    private readonly notices: NoticesService,
    private readonly audit: AuditTrail,
    private readonly events: SecurityEvents,
  ) {}

  /** @throws Problem `not_found` when no deletion is requested */
  async find(caller: Caller): Promise<RequestedDeletion> {
    const found = await this.deletions.find(caller);
    if (found === null) throw new Problem('not_found');
    return found;
  }

  /** A second request changes nothing, and answers the same. @throws Problem `last_administrator`, `not_found` */
  async request(caller: Caller, client: ClientContext): Promise<RequestedDeletion> {
    const { deletion, isNew } = await this.database.transaction(async (tx) => {
      // Of two administrators that ask at one time, the second finds the first one's request.
      await this.users.lockAdministration(tx);
      const user = await this.users.lock(tx, caller.userId);
      if (user === null) throw new Problem('not_found');
      if (await this.users.isLastAdministrator(tx, user)) throw new Problem('last_administrator');
      const entry = { action: 'deletion.requested', subjectId: caller.userId } as const;
      const added = await this.deletions.add(tx, caller, await this.audit.entry(tx, entry, client));
      if (added) await this.notices.add(tx, caller.userId, 'account_deletion_requested', client);
      const found = await this.deletions.find(caller, tx);
      if (found === null) throw new Error('a requested deletion vanished within its transaction');
      return { deletion: found, isNew: added };
    });
    if (isNew) accountDeletionRequested(this.events, client);
    return deletion;
  }

  /** @throws Problem `not_found` when no deletion waits */
  async cancel(caller: Caller, client: ClientContext): Promise<void> {
    await this.database.transaction(async (tx) => {
      const entry = { action: 'deletion.cancelled', subjectId: caller.userId } as const;
      if (!(await this.deletions.cancel(tx, caller, await this.audit.entry(tx, entry, client))))
        throw new Problem('not_found');
      await this.notices.add(tx, caller.userId, 'account_deletion_cancelled', client);
    });
    accountDeletionCancelled(this.events, client);
  }
}

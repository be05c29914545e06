import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.js';
import { Problem } from '../../../errors/problem.js';
import type { Caller } from '../../../guards/route/caller.js';
import type { ClientContext } from '../../../network/client-context.js';
import { SecurityEvents } from '../../../observability/security-events.js';
import { NoticesService } from '../../notices/notices.service.js';
import { UsersService } from '../../users/users.service.js';
import { emailChangeRequested } from '../accounts.events.js';
import { BackgroundTasks } from '../credentials/background-tasks.js';
import { PasswordCheck } from '../credentials/password-check.js';

/**
 * Change of an account's e-mail address. The present password is needed, since the identity provider changes an address
 * only in a session of its own; the new address is proven as at a registration, by `email-verify`.
 */
@Injectable()
export class EmailChangeService {
  constructor(
    private readonly database: Database,
    private readonly users: UsersService,
    private readonly passwords: PasswordCheck,
    private readonly background: BackgroundTasks,
    private readonly notices: NoticesService,
    private readonly events: SecurityEvents,
  ) {}

  /**
   * Sends a mail to the new address and tells the present one. Same answer after the same delay for an address that
   * another account has.
   * @throws Problem `credentials_invalid`, `token_invalid`, `unavailable`
   */
  async request(caller: Caller, email: string, password: string, client: ClientContext): Promise<void> {
    const user = await this.users.find(caller.userId);
    if (user?.epoch !== caller.ver) throw new Problem('token_invalid');
    const change = await this.passwords.beginEmailChange(user, password, client);
    if (change === null) throw new Problem('credentials_invalid');
    await this.database.transaction((tx) => this.notices.add(tx, user.id, 'email_change_requested', client));
    emailChangeRequested(this.events, client, user.id);
    await this.background.runAfterFixedDelay(() => change.sendTo(email));
  }
}

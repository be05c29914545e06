import { Injectable } from '@nestjs/common';
import { Problem } from '../../../errors/problem.js';
import type { Caller } from '../../../guards/route/caller.js';
import type { ClientContext } from '../../../network/client-context.js';
import { SecurityEvents } from '../../../observability/security-events.js';
import { UsersService } from '../../users/users.service.js';
import { emailChanged } from '../accounts.events.js';
import { MfaService } from '../factor/mfa.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import type { TokenPair } from '../sessions/token-pair.js';
import { EmailChangeLinks } from './email-change-links.js';
import { EmailChangeRepository, type EmailChange } from './email-change.repository.js';
import { EmailChanges } from './email-changes.js';

/**
 * Confirmation of another address, by the link that was sent there and a session of the account: neither is enough alone, so
 * that a mistyped address does not hand the account over.
 */
@Injectable()
export class EmailChangeConfirmation {
  constructor(
    private readonly links: EmailChangeLinks,
    private readonly changes: EmailChangeRepository,
    private readonly emails: EmailChanges,
    private readonly users: UsersService,
    private readonly mfa: MfaService,
    private readonly sessions: SessionsService,
    private readonly events: SecurityEvents,
  ) {}

  /**
   * Returns a new token pair: the change ends this session too.
   * @throws Problem `link_used`, `email_taken`, `validation_failed`, `token_invalid`, `unavailable`
   */
  async confirm(caller: Caller, token: string, client: ClientContext): Promise<TokenPair> {
    const change = await this.changeOf(caller, token);
    const hadFactor = await this.mfa.isActive(caller.userId);
    const isIntact = await this.emails.apply(caller, change, client);
    emailChanged(this.events, client, caller.userId);
    const renewed = isIntact ? await this.users.find(caller.userId) : null;
    if (renewed === null) throw new Problem('token_invalid');
    // A factor may have ended with a first proof of the address; for one that began meanwhile `begin` returns null.
    const mfaActive = hadFactor && (await this.mfa.isActive(caller.userId));
    const pair = await this.sessions.begin(renewed, client, {
      factorProven: mfaActive,
      provenAt: caller.authTime,
    });
    if (pair === null) throw new Problem('token_invalid');
    return pair;
  }

  private async changeOf(caller: Caller, token: string): Promise<EmailChange> {
    const id = this.links.idIn(token);
    const change = id === null ? null : await this.changes.find(caller, id);
    if (change === null || !this.links.isOf(change, token)) throw new Problem('link_used');
    return change;
  }
}

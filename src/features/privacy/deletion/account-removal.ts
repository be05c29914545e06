import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database } from '../../../database/database.js';
import { IdentityProvider } from '../../../ports/identity-provider.js';
import { AuditTrail } from '../../audit/audit-trail.service.js';
import { CreditsService } from '../../credits/credits.service.js';
import { UsersService } from '../../users/users.service.js';

/** Client address of what the service asks for itself. */
const ownAddress = '127.0.0.1';

/** Removes the identity at the provider, then the account's own row. */
@Injectable()
export class AccountRemoval {
  constructor(
    private readonly database: Database,
    private readonly identities: IdentityProvider,
    private readonly users: UsersService,
    private readonly credits: CreditsService,
    private readonly audit: AuditTrail,
  ) {}

  /** @throws IdentityUnavailable */
  async remove(userId: string): Promise<void> {
    // First: an account without a row would be added again by a sign-in.
    await this.identities.remove(userId, ownAddress);
    await this.database.transaction(async (tx) => {
      const user = await this.users.lock(tx, userId);
      if (user === null) return;
      await this.credits.noteFirstSpent(tx, user.email);
      // With the row goes the key under which this, and all that was said of the account, is sealed.
      await this.audit.append(tx, { action: 'user.deleted', subjectId: userId, actorId: userId }, null);
      await sql`select velro.remove_account(${userId}::uuid)`.execute(tx);
    });
  }
}

import { Injectable } from '@nestjs/common';
import type { Role } from '../../../config/policy/accounts/roles.js';
import { Database, type Transaction } from '../../database/database.js';

/** Which accounts there are, beside the one that is asked about. */
@Injectable()
export class AccountsRepository {
  constructor(private readonly database: Database) {}

  /** In the order of their ids, behind `after`; null for the first ones. */
  async idsAfter(after: string | null, limit: number): Promise<string[]> {
    const rows = await this.database.query
      .selectFrom('users')
      .select('id')
      .$if(after !== null, (query) => query.where('id', '>', after ?? ''))
      .orderBy('id')
      .limit(limit)
      .execute();
    return rows.map(({ id }) => id);
  }

  /** Whether another administrator of this role or above would be left, whose account is not to be deleted. */
  async hasOtherAdministrator(tx: Transaction, id: string, role: Role): Promise<boolean> {
    const row = await tx
      .selectFrom('users')
      .select('id')
      .where('id', '!=', id)
      .where('role', 'in', role === 'super_admin' ? ['super_admin'] : ['admin', 'super_admin'])
      .where('disabled_at', 'is', null)
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('account_deletions')
              .select('user_id')
              .whereRef('account_deletions.user_id', '=', 'users.id'),
          ),
        ),
      )
      .limit(1)
      .executeTakeFirst();
    return row !== undefined;
  }
}

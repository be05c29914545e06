import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import {
  administrators,
  isAdministrator,
  mayManage,
  type Role,
} from '../../../../config/policy/accounts/roles.js';
import { sessionPolicy } from '../../../../config/policy/accounts/tokens.js';
import type { Transaction } from '../../../database/database.js';
import { Problem } from '../../../errors/problem.js';
import type { Caller } from '../../../guards/route/caller.js';
import { addressKeyOf } from '../../../network/client-address.js';
import type { Block } from '../../../threats/blocks.repository.js';
import { UsersService } from '../../users/users.service.js';

/**
 * Against whom an administrator may block, and whose block he may lift: the same people whose accounts he may manage.
 * Everything is read in the transaction of the change, because a token may be older than the role.
 */
@Injectable()
export class BlockReach {
  constructor(private readonly users: UsersService) {}

  /** @throws Problem `token_invalid` when the caller has been disabled or demoted meanwhile */
  async roleOf(tx: Transaction, caller: Caller): Promise<Role> {
    const actor = await this.users.find(caller.userId, tx);
    if (actor?.disabledAt !== null || actor.epoch !== caller.ver || !isAdministrator(actor.role))
      throw new Problem('token_invalid');
    return actor.role;
  }

  /** @throws Problem `not_found`, `forbidden` */
  async requireSubject(
    tx: Transaction,
    role: Role,
    { address, userId }: Pick<Block, 'address' | 'userId'>,
  ): Promise<void> {
    if (userId === null) {
      const roles = await this.administratorsAt(tx, address);
      if (roles.some((target) => !mayManage(role, target))) throw new Problem('forbidden');
      return;
    }
    const target = await this.users.find(userId, tx);
    if (target === null) throw new Problem('not_found');
    if (!mayManage(role, target.role)) throw new Problem('forbidden');
  }

  /**
   * A block of the service may be lifted by every administrator, and one's own always; another's by whoever may manage
   * its maker and whom it concerns. @throws Problem `forbidden`
   */
  async requireMaker(
    tx: Transaction,
    actor: { readonly id: string; readonly role: Role },
    { madeBy, userId }: Pick<Block, 'madeBy' | 'userId'>,
  ): Promise<void> {
    if (madeBy === null || madeBy === actor.id) return;
    for (const id of [madeBy, ...(userId === null ? [] : [userId])]) {
      const person = await this.users.find(id, tx);
      if (person !== null && !mayManage(actor.role, person.role)) throw new Problem('forbidden');
    }
  }

  /** Roles of the administrators whose living sessions were last used from the address. */
  private async administratorsAt(tx: Transaction, address: string): Promise<Role[]> {
    const rows = await tx
      .selectFrom('sessions')
      .innerJoin('users', 'users.id', 'sessions.user_id')
      .select(['users.role', 'sessions.address'])
      .distinct()
      .where('users.role', 'in', [...administrators])
      .where('users.disabled_at', 'is', null)
      .where('sessions.ended_at', 'is', null)
      .where(
        'sessions.last_used_at',
        '>',
        sql<Date>`now() - make_interval(secs => ${sessionPolicy.idleSeconds})`,
      )
      .execute();
    return rows.filter((row) => addressKeyOf(row.address) === address).map(({ role }) => role);
  }
}

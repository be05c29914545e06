import { Injectable } from '@nestjs/common';
import { isAdministrator, mayManage, type Role } from '../../../config/policy/accounts/roles.js';
import { Problem } from '../../errors/problem.js';
import type { Caller } from '../../guards/route/caller.js';
import { SecurityEvents } from '../../observability/security-events.js';
import { Database, type Transaction } from '../../database/database.js';
import type { Revocation } from '../../ports/revocations.js';
import { SessionTermination } from '../accounts/sessions/session-termination.js';
import { SessionsService, type Session } from '../accounts/sessions/sessions.service.js';
import type { ClientContext } from '../../network/client-context.js';
import { accountDisabled, accountEnabled, accountSessionsEnded, roleChanged } from './admin.events.js';
import { MfaService } from '../accounts/factor/mfa.service.js';
import { UsersService, type User, type UserFilter } from '../users/users.service.js';
import { pageOf, rowsOf, type Page, type PageRequest } from '../../database/page.js';

export interface ManagedUser {
  readonly user: User;
  readonly mfaEnabled: boolean;
}

export interface UserChange {
  readonly role: Role | null;
  readonly disabled: boolean | null;
}

/**
 * Administration of other accounts. An admin manages users and viewers; only a super_admin manages administrators; no
 * administrator changes their own role or status. So the last super_admin cannot be lost, not even by two concurrent
 * changes: a lock serialises them, and each reads the caller's account again.
 */
@Injectable()
export class AdminUsersService {
  constructor(
    private readonly database: Database,
    private readonly users: UsersService,
    private readonly mfa: MfaService,
    private readonly sessions: SessionsService,
    private readonly termination: SessionTermination,
    private readonly events: SecurityEvents,
  ) {}

  async list(filter: UserFilter, page: PageRequest): Promise<Page<ManagedUser>> {
    const { items, nextCursor } = pageOf(await this.users.list(filter, rowsOf(page), page.cursor), page);
    return { items: await Promise.all(items.map((user) => this.describe(user))), nextCursor };
  }

  /** @throws Problem `not_found` */
  async get(id: string): Promise<ManagedUser> {
    return this.describe(await this.find(id));
  }

  /** @throws Problem `not_found`, `forbidden`, `own_account` */
  async change(caller: Caller, id: string, change: UserChange, client: ClientContext): Promise<ManagedUser> {
    const { role, newRole, newDisabled, ended } = await this.database.transaction(async (tx) => {
      const target = await this.authorise(tx, caller, id, change.role);
      const toRole = change.role === target.role ? null : change.role;
      const toDisabled = change.disabled === (target.disabledAt !== null) ? null : change.disabled;
      if (toRole !== null) await this.users.setRole(tx, id, { from: target.role, to: toRole }, client);
      if (toDisabled !== null) await this.users.setDisabled(tx, id, toDisabled, client);
      const nothingToEnd = toRole === null && toDisabled !== true;
      return {
        role: target.role,
        newRole: toRole,
        newDisabled: toDisabled,
        ended: nothingToEnd ? [] : await this.termination.endAll(tx, id, endedBy(client)),
      };
    });
    this.termination.applied(ended);
    if (newRole !== null) roleChanged(this.events, client, id, { from: role, to: newRole });
    if (newDisabled === true) accountDisabled(this.events, client, id);
    if (newDisabled === false) accountEnabled(this.events, client, id);
    return this.get(id);
  }

  /** @throws Problem `not_found` */
  async listSessions(id: string): Promise<Session[]> {
    await this.find(id);
    return this.sessions.listOf(id);
  }

  /** Ends every session and token of an account. @throws Problem `not_found`, `forbidden`, `own_account` */
  async endSessions(caller: Caller, id: string, client: ClientContext): Promise<void> {
    const ended: Revocation[] = await this.database.transaction(async (tx) => {
      await this.authorise(tx, caller, id, null);
      return this.termination.endAll(tx, id, endedBy(client));
    });
    this.termination.applied(ended);
    accountSessionsEnded(this.events, client, id);
  }

  /** Returns the target account, locked. Reads the caller's account again: it may have been demoted meanwhile. */
  private async authorise(tx: Transaction, caller: Caller, id: string, role: Role | null): Promise<User> {
    await this.users.lockAdministration(tx);
    const actor = await this.users.find(caller.userId, tx);
    if (actor?.disabledAt !== null || actor.epoch !== caller.ver || !isAdministrator(actor.role))
      throw new Problem('token_invalid');
    const target = await this.users.lock(tx, id);
    if (target === null) throw new Problem('not_found');
    if (target.id === actor.id) throw new Problem('own_account');
    if (!mayManage(actor.role, target.role) || (role !== null && !mayManage(actor.role, role)))
      throw new Problem('forbidden');
    return target;
  }

  private async find(id: string): Promise<User> {
    const user = await this.users.find(id);
    if (user === null) throw new Problem('not_found');
    return user;
  }

  private async describe(user: User): Promise<ManagedUser> {
    return { user, mfaEnabled: await this.mfa.isActive(user.id) };
  }
}

const endedBy = (client: ClientContext) => ({ cause: 'ended_by_administrator', client }) as const;

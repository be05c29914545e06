import { Injectable } from '@nestjs/common';
import { administrators, type Role } from '../../../config/policy/accounts/roles.js';
import { Problem } from '../../errors/problem.js';
import type { Caller } from '../../guards/route/caller.js';
import { SecurityEvents } from '../../observability/security-events.js';
import { Database, type Transaction } from '../../database/database.js';
import { Revocations, type Revocation } from '../../ports/revocations.js';
import { SessionsService, type Session, type ClientContext } from '../accounts/sessions/sessions.service.js';
import { MfaService } from '../accounts/factor/mfa.service.js';
import { UsersService, type User, type UserFilter } from '../users/users.service.js';

export interface ManagedUser {
  readonly user: User;
  readonly mfaEnabled: boolean;
}

export interface UserChange {
  readonly role: Role | null;
  readonly disabled: boolean | null;
}

/**
 * Other people's accounts. An administrator looks after users and viewers; only a super_admin touches administrators;
 * nobody changes their own standing. So whoever acts remains, and the last super_admin cannot be lost: not by one
 * decision, and not by two at once, because they come one after the other and each looks again at who decides.
 */
@Injectable()
export class AdminUsersService {
  constructor(
    private readonly database: Database,
    private readonly users: UsersService,
    private readonly mfa: MfaService,
    private readonly sessions: SessionsService,
    private readonly revocations: Revocations,
    private readonly events: SecurityEvents,
  ) {}

  async list(
    filter: UserFilter,
    limit: number,
    cursor: string | null,
  ): Promise<{ page: ManagedUser[]; nextCursor: string | null }> {
    const found = await this.users.list(filter, limit + 1, cursor);
    const page = found.slice(0, limit);
    const last = page.at(-1);
    return {
      page: await Promise.all(page.map((user) => this.describe(user))),
      nextCursor: found.length > limit ? (last?.id ?? null) : null,
    };
  }

  /** @throws Problem `not_found` */
  async get(id: string): Promise<ManagedUser> {
    return this.describe(await this.find(id));
  }

  /** @throws Problem `not_found`, `forbidden`, `own_account` */
  async change(caller: Caller, id: string, change: UserChange, visitor: ClientContext): Promise<ManagedUser> {
    const { role, newRole, newDisabled, ended } = await this.database.transaction(async (tx) => {
      const target = await this.authorise(tx, caller, id, change.role);
      const toRole = change.role === target.role ? null : change.role;
      const toDisabled = change.disabled === (target.disabledAt !== null) ? null : change.disabled;
      if (toRole !== null) await this.users.setRole(tx, id, toRole);
      if (toDisabled !== null) await this.users.setDisabled(tx, id, toDisabled);
      const nothingToEnd = toRole === null && toDisabled !== true;
      return {
        role: target.role,
        newRole: toRole,
        newDisabled: toDisabled,
        ended: nothingToEnd ? [] : await this.sessions.endAll(tx, id),
      };
    });
    this.revocations.applied(ended);
    const about = (text: string): Parameters<typeof this.record>[0] => ({
      text,
      caller,
      target: id,
      visitor,
    });
    if (newRole !== null)
      this.record(about('ADMIN role changed'), 'authz_change', 'HIGH', 'tokens_revoked', {
        from: role,
        to: newRole,
      });
    if (newDisabled === true)
      this.record(about('ADMIN account disabled'), 'user_updated', 'MEDIUM', 'tokens_revoked');
    if (newDisabled === false) this.record(about('ADMIN account enabled'), 'user_updated', 'MEDIUM', 'none');
    return this.get(id);
  }

  /** @throws Problem `not_found` */
  async listSessions(id: string): Promise<Session[]> {
    await this.find(id);
    return this.sessions.listOf(id);
  }

  /** Every session and token of somebody. @throws Problem `not_found`, `forbidden`, `own_account` */
  async endSessions(caller: Caller, id: string, visitor: ClientContext): Promise<void> {
    const ended: Revocation[] = await this.database.transaction(async (tx) => {
      await this.authorise(tx, caller, id, null);
      return this.sessions.endAll(tx, id);
    });
    this.revocations.applied(ended);
    const about = { text: 'ADMIN sessions ended', caller, target: id, visitor };
    this.record(about, 'authz_admin', 'MEDIUM', 'tokens_revoked');
  }

  /** Whom the decision is about, locked. Who decides is looked at again: a demotion may have come between. */
  private async authorise(tx: Transaction, caller: Caller, id: string, role: Role | null): Promise<User> {
    await this.users.lockAdministration(tx);
    const actor = await this.users.find(caller.userId, tx);
    if (actor?.disabledAt !== null || actor.epoch !== caller.ver || !isAdministrator(actor.role))
      throw new Problem('token_invalid');
    const target = await this.users.lock(tx, id);
    if (target === null) throw new Problem('not_found');
    if (target.id === actor.id) throw new Problem('own_account');
    const concernsAdministrators = isAdministrator(target.role) || (role !== null && isAdministrator(role));
    if (concernsAdministrators && actor.role !== 'super_admin') throw new Problem('forbidden');
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

  private record(
    about: { text: string; caller: Caller; target: string; visitor: ClientContext },
    event: 'authz_admin' | 'authz_change' | 'user_updated',
    level: 'MEDIUM' | 'HIGH',
    response: string,
    details: Readonly<Record<string, string>> = {},
  ): void {
    const { text, caller, target, visitor } = about;
    this.events.record({
      event,
      level,
      text,
      sourceIp: visitor.ip,
      userId: caller.userId,
      requestId: visitor.requestId,
      response,
      details: { target_id: target, ...details },
    });
  }
}

const isAdministrator = (role: Role): boolean => administrators.some((name) => name === role);

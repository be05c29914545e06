import { Injectable } from '@nestjs/common';
import { Database, type Executor, type Transaction } from '../../database/database.js';
import type { Identity } from '../../ports/identity-provider.js';
import { Clock } from '../../ports/clock.js';
import { CreditsService } from '../credits/credits.service.js';
import { passwordChangeSeconds } from '../../../config/policy/accounts/passwords.js';
import { identityPolicy } from '../../../config/policy/accounts/tokens.js';
import { canonicalEmail } from '../../../config/values/email-address.js';
import { isAdministrator, type Role } from '../../../config/policy/accounts/roles.js';
import { unavailable } from '../../errors/problem.js';
import { AccountsRepository } from './accounts.repository.js';
import { IdentityRecordRepository, type ProofKind } from './identity-record.repository.js';
import { UsersRepository, type KnownAccount, type User, type UserFilter } from './users.repository.js';
import type { Caller } from '../../guards/route/caller.js';
import type { ClientContext } from '../../network/client-context.js';
import { AuditTrail, type AppendedEntry } from '../audit/audit-trail.service.js';

export type { ProofKind } from './identity-record.repository.js';
export type { KnownAccount, User, UserFilter } from './users.repository.js';

export interface RoleChange {
  readonly from: Role;
  readonly to: Role;
}

/** Of what the identity provider has of an account. */
export interface CredentialChange {
  readonly userId: string;
  /** A UUID of this change alone. */
  readonly lease: string;
  readonly what: 'password' | 'email';
}

export interface EnsuredUser {
  readonly user: User;
  /** Whether the account was added now. */
  readonly created: boolean;
}

/** The account behind an identity: name, role, credits. */
@Injectable()
export class UsersService {
  constructor(
    private readonly database: Database,
    private readonly users: UsersRepository,
    private readonly identities: IdentityRecordRepository,
    private readonly accounts: AccountsRepository,
    private readonly credits: CreditsService,
    private readonly audit: AuditTrail,
    private readonly clock: Clock,
  ) {}

  find(id: string, executor?: Executor): Promise<User | null> {
    return this.users.find(id, executor);
  }

  /** Locks the account's row until the transaction ends; null when there is none. */
  lock(tx: Transaction, id: string): Promise<User | null> {
    return this.users.lock(tx, id);
  }

  /** Serialises changes of administrators until the transaction ends. */
  lockAdministration(tx: Transaction): Promise<void> {
    return this.users.lockAdministration(tx);
  }

  /** Whether nobody would be left who could do what this administrator may do. False for whoever is none. */
  async isLastAdministrator(tx: Transaction, { id, role }: Pick<User, 'id' | 'role'>): Promise<boolean> {
    return isAdministrator(role) && !(await this.accounts.hasOtherAdministrator(tx, id, role));
  }

  /** Ids of all accounts, a page at a time: those behind `after`, null for the first ones. */
  idsAfter(after: string | null, limit: number): Promise<readonly string[]> {
    return this.accounts.idsAfter(after, limit);
  }

  list(filter: UserFilter, limit: number, after: string | null): Promise<User[]> {
    return this.users.list(filter, limit, after);
  }

  /** With its entry in the audit log. `client`: of who does it. */
  async setRole(tx: Transaction, id: string, { from, to }: RoleChange, client: ClientContext): Promise<void> {
    const entry = { action: 'user.role_changed', subjectId: id, details: { from, to } } as const;
    await this.users.setRole(tx, id, to, await this.audit.entry(tx, entry, client));
  }

  /** With its entry in the audit log. `client`: of who does it. */
  async setDisabled(
    tx: Transaction,
    id: string,
    disabled: boolean,
    client: ClientContext | null,
  ): Promise<void> {
    const action = disabled ? 'user.disabled' : 'user.enabled';
    const audited = await this.audit.entry(tx, { action, subjectId: id }, client);
    await this.users.setDisabled(tx, id, disabled, audited);
  }

  /**
   * Blocks sign-ins while the identity provider changes a password or an address; false while another change is under way. With an
   * entry in the audit log of what is about to be done there. `client`: of who does it; null for the service itself.
   */
  async beginChange(
    tx: Transaction,
    change: CredentialChange,
    client: ClientContext | null,
  ): Promise<boolean> {
    const { userId, lease, what } = change;
    const audited = await this.audit.entry(tx, { action: `${what}.change_begun`, subjectId: userId }, client);
    return this.identities.beginChange(tx, userId, lease, passwordChangeSeconds, audited);
  }

  /**
   * Allows sign-ins again; false when this change is no longer under way. With an entry of how it ended at the identity provider: one that
   * began and has none may have been made there or not.
   */
  async endChange(
    tx: Transaction,
    { userId, lease, what }: CredentialChange,
    outcome: 'changed' | 'unchanged',
    client: ClientContext | null,
  ): Promise<boolean> {
    const entry = { action: `${what}.change_ended`, subjectId: userId, details: { outcome } } as const;
    return this.identities.endChange(tx, userId, lease, await this.audit.entry(tx, entry, client));
  }

  hasAdmin(): Promise<boolean> {
    return this.users.hasAdmin();
  }

  /** False when an administrator exists already, also one just created by another instance. */
  async makeFirstAdmin(tx: Transaction, id: string): Promise<boolean> {
    const before = await this.users.find(id, tx);
    const details = { from: before?.role ?? null, to: 'super_admin', by: 'DEFAULT_ADMIN_EMAIL' };
    const entry = { action: 'user.role_changed', subjectId: id, details } as const;
    return this.users.makeFirstAdmin(tx, id, await this.audit.entry(tx, entry, null));
  }

  findByEmail(email: string): Promise<KnownAccount | null> {
    return this.users.findByEmail(email);
  }

  /** The account of an identity, created with its starting credits at the first sign-in. */
  ensure(identity: Identity): Promise<EnsuredUser> {
    return this.database.transaction((tx) => this.ensureWithin(tx, identity, null, null));
  }

  /** `ensure` within a transaction; the account's row stays locked until it ends. */
  async ensureWithin(
    tx: Transaction,
    identity: Identity,
    fullName: string | null,
    client: ClientContext | null,
  ): Promise<EnsuredUser> {
    const created = await this.addMissing(tx, identity, fullName, client);
    const user = await this.users.lock(tx, identity.id);
    // It was erased since the identity provider answered.
    if (user === null) throw unavailable(new Error('the account is gone'), 1);
    return { user: await this.seen(user, identity, tx), created };
  }

  /** Adds the account of an identity with its starting credits; false when it exists already. */
  async addMissing(
    tx: Transaction,
    identity: Identity,
    fullName: string | null,
    client: ClientContext | null,
  ): Promise<boolean> {
    const { id } = identity;
    const audited = await this.audit.firstEntry(
      tx,
      { action: 'user.created', subjectId: id, actorId: id },
      client,
    );
    const pseudonyms = this.audit.pseudonymsOf(id);
    const created = await this.users.add(tx, identity, fullName, { pseudonyms, audited });
    if (created) await this.credits.grantStart(tx, id, identity.email);
    return created;
  }

  /** The identity provider has shown the account: its address there is taken over. Returns the account as it is then. */
  async seen(user: User, identity: Identity, executor: Executor = this.database.query): Promise<User> {
    const unseenMs = this.clock.now() - user.identitySeenAt.getTime();
    if (unseenMs > identityPolicy.noteSeenEverySeconds * 1000)
      await this.identities.noteIdentitySeen(executor, user.id);
    const email = canonicalEmail(identity.email);
    if (email === user.email) return user;
    await this.identities.setEmail(executor, user.id, email);
    return { ...user, email, addressTakenAt: new Date(this.clock.now()) };
  }

  /** Sets an address that its holder has just proven. */
  changeEmail(tx: Transaction, id: string, email: string): Promise<void> {
    return this.identities.setProvenEmail(tx, id, email);
  }

  /** Records the proof of the address; the first time of its kind stays. */
  recordProof(tx: Transaction, id: string, kind: ProofKind): Promise<void> {
    return this.identities.recordProof(tx, id, kind);
  }

  rename(caller: Caller, fullName: string | null): Promise<User | null> {
    return this.users.rename(caller, fullName);
  }

  /** `audited`: the entry that says why. */
  raiseEpoch(tx: Transaction, id: string, audited: AppendedEntry): Promise<number> {
    return this.users.raiseEpoch(tx, id, audited);
  }
}

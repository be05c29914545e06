import { Injectable } from '@nestjs/common';
import { Problem, unavailable } from '../../../errors/problem.js';
import { Database } from '../../../database/database.js';
import type { ChangeResult, Identity, OnceProven } from '../../../ports/identity-provider.js';
import { Random } from '../../../ports/random.js';
import type { ClientContext } from '../../../network/client-context.js';
import { NoticesService } from '../../notices/notices.service.js';
import { AddressProof } from './address-proof.js';
import {
  UsersService,
  type CredentialChange,
  type KnownAccount,
  type User,
} from '../../users/users.service.js';
import { orUnavailable } from './identity-unavailable.js';
import { SessionTermination } from '../sessions/session-termination.js';

/** `created`: whether the account was added by it. */
export type PasswordChangeResult =
  | { readonly outcome: 'refused' }
  | { readonly outcome: 'accepted'; readonly identity: Identity; readonly created: boolean };

export interface PasswordChange {
  /** The account as read before the proof was verified; a change since then makes the proof stale. */
  readonly before?: KnownAccount;
  /** Who asked for it; null where the same password is stored in another form. */
  readonly client: ClientContext | null;
  /** Whether all sessions are revoked; false only where the same password is stored in another form. */
  readonly endsSessions: boolean;
  /**
   * Whether the proof was a mail. The account is then added where it is missing, the proof recorded and what was counted
   * against the owner forgotten.
   */
  readonly provesAddress?: boolean;
}

/**
 * Wraps the provider's change of a password. Once the proof is verified, every session is revoked and sign-ins are
 * blocked until the provider has answered; a concurrent change is refused. So neither a crash at any point nor a stale
 * proof leaves a session of the old password. When the provider's outcome is unknown, the block expires by itself.
 */
@Injectable()
export class PasswordChanges {
  constructor(
    private readonly database: Database,
    private readonly users: UsersService,
    private readonly proofs: AddressProof,
    private readonly termination: SessionTermination,
    private readonly notices: NoticesService,
    private readonly random: Random,
  ) {}

  /** @throws Problem `unavailable`, `credentials_invalid`, and what `ask` throws */
  async run(
    ask: (onceProven: OnceProven) => Promise<ChangeResult>,
    change: PasswordChange,
  ): Promise<PasswordChangeResult> {
    const id = this.random.uuid();
    let created = false;
    const result = await orUnavailable(
      ask(async (identity) => {
        created = await this.open(identity, id, change);
      }),
    );
    if (result.outcome === 'refused') return result;
    if (result.outcome === 'unchanged') {
      await this.close(
        result.identity,
        id,
        { ...change, endsSessions: false, provesAddress: false },
        'unchanged',
      );
      throw unavailable(new Error('the identity provider did not set the password'), 5);
    }
    await this.close(result.identity, id, change, 'changed', created);
    return { ...result, created };
  }

  /** Returns whether the account was added. */
  private async open(
    identity: Identity,
    id: string,
    { before, client, endsSessions, provesAddress = false }: PasswordChange,
  ): Promise<boolean> {
    if (before !== undefined && before.id !== identity.id) throw new Problem('credentials_invalid');
    let created = false;
    const ended = await this.database.transaction(async (tx) => {
      if (provesAddress) created = await this.users.addMissing(tx, identity, null, client);
      const user = await this.users.lock(tx, identity.id);
      // An identity without an account has no sessions.
      if (user === null) return [];
      if (before !== undefined && before.epoch !== user.epoch)
        throw unavailable(new Error('the account changed since the proof'), 1);
      if (!(await this.users.beginChange(tx, changeOf(user, id), client)))
        throw unavailable(new Error('another change of the password is under way'), 5);
      return endsSessions ? this.termination.endAll(tx, user.id, { cause: 'changed', client }) : [];
    });
    this.termination.applied(ended);
    return created;
  }

  private async close(
    identity: Identity,
    id: string,
    { client, endsSessions, provesAddress = false }: PasswordChange,
    outcome: 'changed' | 'unchanged',
    isNew = false,
  ): Promise<void> {
    const ended = await this.database.transaction(async (tx) => {
      // Lock order as in a sign-in, the account first, so that the two cannot deadlock.
      const user = await this.users.lock(tx, identity.id);
      if (user === null) return [];
      // The lease expired while the provider worked, and another change has begun.
      if (!(await this.users.endChange(tx, changeOf(user, id), outcome, client)))
        throw unavailable(new Error('the change of the password took too long'), 5);
      // The first password of a new account is no change that anybody would want to know of.
      if (outcome === 'changed' && client !== null && !isNew)
        await this.notices.add(tx, user.id, 'password_changed', client);
      const proven = provesAddress ? await this.proofs.byPassword(tx, user, identity.email, client) : [];
      if (!endsSessions) return proven;
      return [...proven, ...(await this.termination.endAll(tx, user.id, { cause: 'changed', client }))];
    });
    this.termination.applied(ended);
  }
}

const changeOf = ({ id: userId }: User, lease: string): CredentialChange => ({
  userId,
  lease,
  what: 'password',
});

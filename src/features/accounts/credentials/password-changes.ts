import { Injectable } from '@nestjs/common';
import { passwordChangeSeconds } from '../../../../config/policy/accounts/passwords.js';
import { Problem, unavailable } from '../../../errors/problem.js';
import { Database, type Transaction } from '../../../database/database.js';
import type { ChangeResult, Identity, OnceProven } from '../../../ports/identity-provider.js';
import { Random } from '../../../ports/random.js';
import { UsersService, type KnownAccount } from '../../users/users.service.js';
import { orUnavailable } from './identity-unavailable.js';
import { SessionTermination } from '../sessions/session-termination.js';

export interface PasswordChange {
  /** The account as read before the proof was verified; a change since then makes the proof stale. */
  readonly before?: KnownAccount;
  /** Whether all sessions are revoked; false only where the same password is stored in another form. */
  readonly endsSessions: boolean;
  /** Runs in the transaction that allows sign-ins again. */
  readonly done?: (tx: Transaction, identity: Identity) => Promise<void>;
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
    private readonly termination: SessionTermination,
    private readonly random: Random,
  ) {}

  /** @throws Problem `unavailable`, `credentials_invalid`, and what `ask` throws */
  async run(
    ask: (onceProven: OnceProven) => Promise<ChangeResult>,
    change: PasswordChange,
  ): Promise<Exclude<ChangeResult, { outcome: 'unchanged' }>> {
    const id = this.random.uuid();
    const result = await orUnavailable(ask((identity) => this.open(identity, id, change)));
    if (result.outcome === 'refused') return result;
    if (result.outcome === 'unchanged') {
      await this.close(result.identity, id, { endsSessions: false });
      throw unavailable(new Error('the identity provider did not set the password'), 5);
    }
    await this.close(result.identity, id, change);
    return result;
  }

  private async open(
    identity: Identity,
    id: string,
    { before, endsSessions }: PasswordChange,
  ): Promise<void> {
    if (before !== undefined && before.id !== identity.id) throw new Problem('credentials_invalid');
    const ended = await this.database.transaction(async (tx) => {
      const user = await this.users.lock(tx, identity.id);
      // An identity without an account has no sessions.
      if (user === null) return [];
      if (before !== undefined && before.epoch !== user.epoch)
        throw unavailable(new Error('the account changed since the proof'), 1);
      if (!(await this.users.beginPasswordChange(tx, user.id, id, passwordChangeSeconds)))
        throw unavailable(new Error('another change of the password is under way'), 5);
      return endsSessions ? this.termination.endAll(tx, user.id) : [];
    });
    this.termination.applied(ended);
  }

  private async close(identity: Identity, id: string, { endsSessions, done }: PasswordChange): Promise<void> {
    const ended = await this.database.transaction(async (tx) => {
      // Lock order as in a sign-in, the account first, so that the two cannot deadlock.
      const user = await this.users.lock(tx, identity.id);
      await done?.(tx, identity);
      if (user === null) return [];
      // The lease expired while the provider worked, and another change has begun.
      if (!(await this.users.endPasswordChange(tx, user.id, id)))
        throw unavailable(new Error('the change of the password took too long'), 5);
      return endsSessions ? this.termination.endAll(tx, user.id) : [];
    });
    this.termination.applied(ended);
  }
}

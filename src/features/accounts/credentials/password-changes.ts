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
  /** The account as it was before the proof was looked at: what changed meanwhile makes the proof an old one. */
  readonly before?: KnownAccount;
  /** Whether whoever is signed in is signed out: everywhere but where a password only takes another form. */
  readonly endsSessions: boolean;
  /** Within the transaction that lets people sign in again. */
  readonly done?: (tx: Transaction, identity: Identity) => Promise<void>;
}

/**
 * Around the provider's change of a password. Once the person is proven, every session ends and nobody signs in until the
 * provider has answered; a second change waits its turn. So a crash at any point, and a proof that has grown old, leave no
 * session of the old password. When it is not known whether the provider did it, the time of the change runs out.
 */
@Injectable()
export class PasswordChanges {
  constructor(
    private readonly database: Database,
    private readonly users: UsersService,
    private readonly termination: SessionTermination,
    private readonly random: Random,
  ) {}

  /** @throws Problem `unavailable`, `credentials_invalid`, and whatever `ask` throws of its own */
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
      // An identity whose account was never made has no sessions.
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
      // First of all, as a sign-in does it: what both lock, both lock in this order.
      const user = await this.users.lock(tx, identity.id);
      await done?.(tx, identity);
      if (user === null) return [];
      // Not ours any more: the provider took so long that somebody else's change began.
      if (!(await this.users.endPasswordChange(tx, user.id, id)))
        throw unavailable(new Error('the change of the password took too long'), 5);
      return endsSessions ? this.termination.endAll(tx, user.id) : [];
    });
    this.termination.applied(ended);
  }
}

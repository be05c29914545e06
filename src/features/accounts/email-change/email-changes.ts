import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.js';
import { Problem, unavailable } from '../../../errors/problem.js';
import type { Caller } from '../../../guards/route/caller.js';
import type { ClientContext } from '../../../network/client-context.js';
import { IdentityProvider, type EmailChangeResult } from '../../../ports/identity-provider.js';
import { Random } from '../../../ports/random.js';
import { NoticesService } from '../../notices/notices.service.js';
import { UsersService, type CredentialChange, type User } from '../../users/users.service.js';
import { AddressProof } from '../credentials/address-proof.js';
import { orUnavailable } from '../credentials/identity-unavailable.js';
import { SessionTermination } from '../sessions/session-termination.js';
import { EmailChangeRepository, type EmailChange } from './email-change.repository.js';

/**
 * Applies a change at the identity provider and here. Sign-ins and changes of the password are blocked until the provider has
 * answered, so that none of them decides by half a change; when its outcome is unknown, the block expires by itself, the
 * link still works, and asking again completes the change.
 */
@Injectable()
export class EmailChanges {
  constructor(
    private readonly database: Database,
    private readonly users: UsersService,
    private readonly changes: EmailChangeRepository,
    private readonly identities: IdentityProvider,
    private readonly proofs: AddressProof,
    private readonly notices: NoticesService,
    private readonly termination: SessionTermination,
    private readonly random: Random,
  ) {}

  /**
   * False when the account's sessions were ended or the account disabled meanwhile: the address has changed all the same.
   * @throws Problem `token_invalid`, `email_taken`, `validation_failed`, `unavailable`
   */
  async apply(caller: Caller, change: EmailChange, client: ClientContext): Promise<boolean> {
    const lease = this.random.uuid();
    const before = await this.open(caller, lease, client);
    const result = await orUnavailable(this.identities.changeEmail(caller.userId, change.email, client.ip));
    if (result === 'changed') return this.close(caller, change, { lease, before, client });
    await this.drop(caller, change, lease, client);
    throw problemOf(result);
  }

  private open(caller: Caller, lease: string, client: ClientContext): Promise<User> {
    return this.database.transaction(async (tx) => {
      const user = await this.users.lock(tx, caller.userId);
      if (user?.epoch !== caller.ver || user.disabledAt !== null) throw new Problem('token_invalid');
      if (!(await this.users.beginChange(tx, changeOf(caller, lease), client)))
        throw unavailable(new Error('another change of the account is under way'), 5);
      return user;
    });
  }

  /** Both addresses are told, and every session ends: one of them may be somebody else's. */
  private async close(
    caller: Caller,
    { id, email }: EmailChange,
    { lease, before, client }: { lease: string; before: User; client: ClientContext },
  ): Promise<boolean> {
    let isIntact = false;
    const ended = await this.database.transaction(async (tx) => {
      const user = await this.users.lock(tx, caller.userId);
      if (user === null) throw new Problem('token_invalid');
      if (!(await this.users.endChange(tx, changeOf(caller, lease), 'changed', client)))
        throw unavailable(new Error('the change of the address took too long'), 5);
      isIntact = user.epoch === caller.ver && user.disabledAt === null;
      await this.changes.remove(tx, caller, id);
      await this.notices.add(tx, user.id, 'email_changed', client, before.email);
      // A kind of its own: each is bounded by how many of it were sent.
      await this.notices.add(tx, user.id, 'email_confirmed', client, email);
      const proven = await this.proofs.byChange(tx, before, email, client);
      return [...proven, ...(await this.termination.endAll(tx, user.id, { cause: 'changed', client }))];
    });
    this.termination.applied(ended);
    return isIntact;
  }

  private drop(caller: Caller, { id }: EmailChange, lease: string, client: ClientContext): Promise<void> {
    return this.database.transaction(async (tx) => {
      await this.users.endChange(tx, changeOf(caller, lease), 'unchanged', client);
      await this.changes.remove(tx, caller, id);
    });
  }
}

const changeOf = ({ userId }: Caller, lease: string): CredentialChange => ({ userId, lease, what: 'email' });

function problemOf(result: Exclude<EmailChangeResult, 'changed'>): Problem {
  if (result === 'taken') return new Problem('email_taken');
  if (result === 'gone') return new Problem('token_invalid');
  return new Problem('validation_failed', {
    errors: [{ field: 'token', code: 'refused', message: 'the new address is not accepted' }],
  });
}

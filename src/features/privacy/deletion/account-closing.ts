import { Injectable } from '@nestjs/common';
import { accountDeletionPolicy } from '../../../../config/policy/privacy/deletion.js';
import { Database } from '../../../database/database.js';
import { AccountKey } from '../../accounts/login-attempts/account-key.js';
import { SessionTermination } from '../../accounts/sessions/session-termination.js';
import { AccountAnswersService } from '../../assistants/chat/account-answers.service.js';
import { AccountGenerationsService } from '../../generations/jobs/account-generations.service.js';
import { UsersService } from '../../users/users.service.js';
import { WebhookEndpointsService } from '../../webhooks/endpoints/webhook-endpoints.service.js';
import { AccountDeletionsRepository, type ClaimedDeletion } from './account-deletions.repository.js';

/** Ends all use of an account that is deleted: nobody signs in, nothing is begun, and what is under way ends. */
@Injectable()
export class AccountClosing {
  constructor(
    private readonly database: Database,
    private readonly deletions: AccountDeletionsRepository,
    private readonly users: UsersService,
    private readonly termination: SessionTermination,
    private readonly webhooks: WebhookEndpointsService,
    private readonly generations: AccountGenerationsService,
    private readonly answers: AccountAnswersService,
    private readonly accounts: AccountKey,
  ) {}

  /**
   * Disables the account, ends its sessions and tokens on every instance and takes its webhook endpoints away. False, and nothing is changed, for the
   * last administrator. @throws DeletionLost
   */
  async close(deletion: Pick<ClaimedDeletion, 'userId' | 'claim'>): Promise<boolean> {
    const { userId } = deletion;
    const ended = await this.database
      .transaction(async (tx) => {
        await this.users.lockAdministration(tx);
        const user = await this.users.lock(tx, userId);
        const { present, earlier } = this.accounts.hashesOf(user?.email ?? '');
        await this.deletions.close(tx, deletion, earlier === null ? [present] : [present, earlier]);
        if (user === null) return [];
        if (await this.users.isLastAdministrator(tx, user)) throw new LastAdministrator();
        if (user.disabledAt === null) await this.users.setDisabled(tx, userId, true, null);
        await this.webhooks.removeAll(tx, userId, null);
        return this.termination.endAll(tx, userId, { cause: 'erased', client: null });
      })
      .catch((error: unknown) => {
        if (error instanceof LastAdministrator) return null;
        throw error;
      });
    if (ended === null) return false;
    this.termination.applied(ended);
    return true;
  }

  /** Asks everything that is under way to end. True once nothing is; with `giveUp` it is not waited for. */
  async isStill(userId: string, { giveUp }: { readonly giveUp: boolean }): Promise<boolean> {
    const answers = await this.answers.stop(userId);
    const { batch } = accountDeletionPolicy;
    const generations = await this.generations.cancel(userId, batch, { giveUp });
    return generations === 0 && (giveUp || answers === 0);
  }
}

class LastAdministrator extends Error {}

import { Injectable } from '@nestjs/common';
import { loginAttemptPurgePolicy } from '../../../../config/policy/accounts/login-attempts.js';
import { Log } from '../../../observability/log.js';
import { AccountKey } from './account-key.js';
import { DevicesRepository } from './devices.repository.js';
import { LoginAttemptsRepository } from './login-attempts.repository.js';
import { inBatches } from '../../../tasks/in-batches.js';
import { Purge } from '../../../tasks/purge.js';

const firstId = '00000000-0000-0000-0000-000000000000';

/**
 * Bounds the tables without dropping a failure of an existing account, or an attacker could wait and continue. The
 * count of an existing account never expires: before anything is removed, the counts of all accounts are marked; not
 * during the login, where checking whether the account exists would leak it by timing. Counts of addresses without an
 * account are removed after 30 days, and beyond half a million.
 */
@Injectable()
export class LoginAttemptsPurge extends Purge {
  constructor(
    private readonly accounts: AccountKey,
    private readonly attempts: LoginAttemptsRepository,
    private readonly devices: DevicesRepository,
    log: Log,
  ) {
    super(loginAttemptPurgePolicy.everySeconds, 'login attempts', log);
  }

  async run(signal: AbortSignal): Promise<void> {
    const { batch } = loginAttemptPurgePolicy;
    const { id, earlierId } = this.accounts;
    await inBatches(batch, () => this.attempts.nameKey(earlierId ?? id), signal);
    await this.markAccounts(signal);
    for (const key of await this.attempts.otherKeys([id, ...(earlierId === null ? [] : [earlierId])]))
      await inBatches(batch, () => this.attempts.removeOfKey(key), signal);
    await inBatches(batch, () => this.attempts.removeIdle(), signal);
    await inBatches(batch, () => this.attempts.removeSurplus(), signal);
    await inBatches(batch, () => this.devices.removeExpired(), signal);
  }

  private async markAccounts(signal: AbortSignal): Promise<void> {
    for (let after: string | null = firstId; after !== null && !signal.aborted;) {
      const { users, last } = await this.attempts.usersWithoutCount(after, this.accounts.id);
      if (users.length > 0)
        await this.attempts.mark(
          users.map(({ id, email }) => ({ userId: id, account: this.accounts.of(email) })),
          this.accounts.id,
        );
      after = last;
    }
  }
}

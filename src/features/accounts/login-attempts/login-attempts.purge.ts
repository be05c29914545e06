import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { loginAttemptPurgePolicy } from '../../../../config/policy/accounts/login-attempts.js';
import { Log } from '../../../observability/log.js';
import { AccountKey } from './account-key.js';
import { DevicesRepository } from './devices.repository.js';
import { LoginAttemptsRepository } from './login-attempts.repository.js';

const firstId = '00000000-0000-0000-0000-000000000000';

/**
 * Keeps the tables bounded without forgetting a guess at a real account, since waiting would else be a way to guess on.
 * The count of an account that exists never lapses: before anything is removed, the counts of all accounts are marked.
 * Not at the login itself, where a look whether the account exists would take its time. Counts of addresses without an
 * account go after 30 days, and beyond half a million.
 */
@Injectable()
export class LoginAttemptsPurge implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly accounts: AccountKey,
    private readonly attempts: LoginAttemptsRepository,
    private readonly devices: DevicesRepository,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.run().catch((cause: unknown) => {
        this.log.warn('counts of guesses could not be purged', { cause });
      });
    }, loginAttemptPurgePolicy.everySeconds * 1000);
    this.timer.unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  async run(): Promise<void> {
    await this.markAccounts();
    while ((await this.attempts.removeIdle()) === loginAttemptPurgePolicy.batch);
    while ((await this.attempts.removeSurplus()) === loginAttemptPurgePolicy.batch);
    await this.devices.removeExpired();
  }

  private async markAccounts(): Promise<void> {
    for (let after = firstId; ;) {
      const users = await this.attempts.usersWithoutCount(after);
      if (users.length > 0)
        await this.attempts.mark(
          users.map(({ id, email }) => ({ userId: id, account: this.accounts.of(email) })),
        );
      const last = users.at(-1);
      if (last === undefined || users.length < loginAttemptPurgePolicy.batch) return;
      after = last.id;
    }
  }
}

import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { loginAttemptPurgePolicy } from '../../../../config/policy/accounts/login-attempts.js';
import { Log } from '../../../observability/log.js';
import { AccountKey } from './account-key.js';
import { DevicesRepository } from './devices.repository.js';
import { LoginAttemptsRepository } from './login-attempts.repository.js';
import { PeriodicTask } from '../../../tasks/periodic-task.js';

const firstId = '00000000-0000-0000-0000-000000000000';

/**
 * Bounds the tables without dropping a failure of an existing account, or an attacker could wait and continue. The
 * count of an existing account never expires: before anything is removed, the counts of all accounts are marked; not
 * during the login, where checking whether the account exists would leak it by timing. Counts of addresses without an
 * account are removed after 30 days, and beyond half a million.
 */
@Injectable()
export class LoginAttemptsPurge implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly task: PeriodicTask;

  constructor(
    private readonly accounts: AccountKey,
    private readonly attempts: LoginAttemptsRepository,
    private readonly devices: DevicesRepository,
    log: Log,
  ) {
    this.task = new PeriodicTask({
      everyMs: loginAttemptPurgePolicy.everySeconds * 1000,
      run: () => this.run(),
      onError: (cause) => {
        log.warn('login attempts could not be purged', { cause });
      },
    });
  }

  onApplicationBootstrap(): void {
    this.task.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.task.stop();
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

import { Injectable } from '@nestjs/common';
import { identityPolicy } from '../../../../config/policy/accounts/tokens.js';
import { unavailable } from '../../../errors/problem.js';
import { Database } from '../../../database/database.js';
import { Clock } from '../../../ports/clock.js';
import { IdentityProvider, IdentityUnavailable } from '../../../ports/identity-provider.js';
import { ApiKeysService } from '../../api-keys/api-keys.service.js';
import { LoginAttemptsService } from '../login-attempts/login-attempts.service.js';
import { SessionTermination } from '../sessions/session-termination.js';
import { UsersService, type User } from '../../users/users.service.js';

/** Whether an account still exists at the identity provider, and its address there: asked at every refresh. */
@Injectable()
export class IdentityPresence {
  constructor(
    private readonly identities: IdentityProvider,
    private readonly database: Database,
    private readonly users: UsersService,
    private readonly keys: ApiKeysService,
    private readonly loginAttempts: LoginAttemptsService,
    private readonly termination: SessionTermination,
    private readonly clock: Clock,
  ) {}

  /**
   * The account with its present address; null when the provider deleted or banned it. While the provider does not
   * answer, an account that it showed within the last day stays as it is.
   * @throws Problem `unavailable` when it has not answered for longer
   */
  async of(user: User, clientIp: string): Promise<User | null> {
    try {
      const identity = await this.identities.find(user.id, clientIp);
      if (identity === null) {
        await this.endGone(user);
        return null;
      }
      return await this.users.seen(user, identity);
    } catch (error) {
      if (!(error instanceof IdentityUnavailable)) throw error;
      const unseenMs = this.clock.now() - user.identitySeenAt.getTime();
      if (unseenMs > identityPolicy.unseenSeconds * 1000) throw unavailable(error, 5);
      return user;
    }
  }

  /** Ends everything that gives access to an account which the provider has deleted or banned. */
  private async endGone({ id }: User): Promise<void> {
    const ended = await this.database.transaction(async (tx) => {
      // Lock order as in a sign-in, the account first.
      if ((await this.users.lock(tx, id)) === null) return [];
      await this.loginAttempts.forgetDevices(tx, id);
      return [
        ...(await this.keys.endAll(tx, id, null)),
        ...(await this.termination.endAll(tx, id, { cause: 'gone', client: null })),
      ];
    });
    this.termination.applied(ended);
  }
}

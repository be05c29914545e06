import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { CONFIG, type Config } from '../../../../config/config.js';
import { Log } from '../../../observability/log.js';
import { SecurityEvents } from '../../../observability/security-events.js';
import { IdentityProvider, type Identity } from '../../../ports/identity-provider.js';
import { UsersService } from '../../users/users.service.js';
import { PasswordCheck } from '../credentials/password-check.js';
import { PasswordPepper } from '../credentials/password-pepper.js';
import { firstAdminCreated } from '../accounts.events.js';

const ownAddress = '127.0.0.1';

/**
 * Creates the first administrator from DEFAULT_ADMIN_EMAIL and DEFAULT_ADMIN_PASSWORD, once: where an administrator
 * exists already, the variables do nothing. An existing account of that address is promoted only if it has that
 * password, so that registering the address first gains nothing.
 */
@Injectable()
export class FirstAdmin implements OnApplicationBootstrap {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly identities: IdentityProvider,
    private readonly pepper: PasswordPepper,
    private readonly passwords: PasswordCheck,
    private readonly users: UsersService,
    private readonly events: SecurityEvents,
    private readonly log: Log,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { firstAdmin } = this.config;
    if (firstAdmin === null || (await this.users.hasAdmin())) return;
    try {
      const identity = await this.identify(firstAdmin.email.toLowerCase(), firstAdmin.password.reveal());
      if (identity === null) {
        this.log.error(
          'the first administrator was not made: the address is taken, and the password is not its password',
        );
        return;
      }
      const { user } = await this.users.ensure(identity);
      if (await this.users.makeFirstAdmin(user.id)) {
        firstAdminCreated(this.events, user.id);
      }
    } catch (cause) {
      this.log.error('the first administrator was not made; the next start tries again', { cause });
    }
  }

  private async identify(email: string, password: string): Promise<Identity | null> {
    const created = await this.identities.create(email, this.pepper.hash(password), ownAddress);
    if (created.outcome === 'created') return created.identity;
    const signIn = await this.passwords.check(email, password, ownAddress);
    return signIn.outcome === 'accepted' ? signIn.identity : null;
  }
}

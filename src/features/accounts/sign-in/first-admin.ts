import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { CONFIG, type Config } from '../../../../config/config.js';
import { isPlaceholder } from '../../../../config/secrets/secret-strength.js';
import { Database } from '../../../database/database.js';
import { Log } from '../../../observability/log.js';
import { SecurityEvents } from '../../../observability/security-events.js';
import { UsersService } from '../../users/users.service.js';
import { AddressProof } from '../credentials/address-proof.js';
import { PasswordRules } from '../credentials/password-rules.js';
import { IdentitySignUp } from './identity-sign-up.js';
import { firstAdminCreated } from '../accounts.events.js';

/**
 * Creates the first administrator from DEFAULT_ADMIN_EMAIL and DEFAULT_ADMIN_PASSWORD, once: where an administrator
 * exists already, the variables do nothing. A password that nobody may choose for an account makes none. An existing account of that address is promoted only if it has that
 * password, so that registering the address first gains nothing.
 */
@Injectable()
export class FirstAdmin implements OnApplicationBootstrap {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly rules: PasswordRules,
    private readonly signUps: IdentitySignUp,
    private readonly database: Database,
    private readonly users: UsersService,
    private readonly proofs: AddressProof,
    private readonly events: SecurityEvents,
    private readonly log: Log,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { firstAdmin } = this.config;
    if (firstAdmin === null || (await this.users.hasAdmin())) return;
    const [email, password] = [firstAdmin.email, firstAdmin.password.reveal()];
    try {
      if (await this.isWeak(email, password)) {
        this.log.error(
          'the first administrator was not made: DEFAULT_ADMIN_PASSWORD is a placeholder, common or too weak',
        );
        return;
      }
      const identity = await this.signUps.confirmed(email, password);
      if (identity === null) {
        this.log.error(
          'the first administrator was not made: the address is taken, and the password is not its password',
        );
        return;
      }
      const { user } = await this.users.ensure(identity);
      if (await this.promote(user.id)) firstAdminCreated(this.events, user.id);
    } catch (cause) {
      this.log.error('the first administrator was not made; the next start tries again', { cause });
    }
  }

  /** The operator names address and password, which stands for a proof of the address: what was made before ends. */
  private async promote(id: string): Promise<boolean> {
    const ended = await this.database.transaction(async (tx) => {
      if (!(await this.users.makeFirstAdmin(tx, id))) return null;
      const user = await this.users.lock(tx, id);
      return user === null ? null : this.proofs.record(tx, user, 'password', null);
    });
    if (ended !== null) this.proofs.applied(ended);
    return ended !== null;
  }

  private async isWeak(email: string, password: string): Promise<boolean> {
    if (isPlaceholder(password)) return true;
    const faults = await this.rules.validate(password, { email, fullName: null, mfaActive: false });
    return faults.length > 0;
  }
}

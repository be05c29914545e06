import { Injectable } from '@nestjs/common';
import { Problem } from '../../../errors/problem.js';
import type { ClientContext } from '../../../network/client-context.js';
import { SecurityEvents } from '../../../observability/security-events.js';
import { IdentityProvider } from '../../../ports/identity-provider.js';
import { UsersService } from '../../users/users.service.js';
import { loginFailed } from '../accounts.events.js';
import { constantTimeFailure } from '../credentials/constant-time-failure.js';
import { orUnavailable } from '../credentials/identity-unavailable.js';
import { PasswordCheck } from '../credentials/password-check.js';
import { LoginThrottle } from '../login-attempts/login-throttle.js';
import { SignInCompletion, type SignInResult } from './sign-in-completion.js';

/** Sign-in: the identity provider checks the password; limits, second factor and session are handled here. */
@Injectable()
export class SignInService {
  constructor(
    private readonly identities: IdentityProvider,
    private readonly passwords: PasswordCheck,
    private readonly users: UsersService,
    private readonly throttle: LoginThrottle,
    private readonly completion: SignInCompletion,
    private readonly events: SecurityEvents,
  ) {}

  /** @throws Problem `credentials_invalid`, `account_guesses_exceeded`, `unavailable` */
  async login(email: string, password: string, client: ClientContext): Promise<SignInResult> {
    return this.throttle.count(email, client, (attempt) =>
      constantTimeFailure(async () => {
        const before = await this.users.findByEmail(email);
        const checked = await this.passwords.checkEvenly(email, password, client.ip);
        if (checked.outcome === 'refused') {
          loginFailed(this.events, client);
          throw new Problem('credentials_invalid');
        }
        return this.completion.complete(checked.identity, client, {
          by: 'password',
          wasUnpeppered: checked.wasUnpeppered,
          attempt,
          before,
        });
      }),
    );
  }

  /**
   * Exchanges a Supabase token of a social or link login for our tokens. The account is bound by Supabase's `sub`,
   * never by the e-mail address.
   * @throws Problem `exchange_refused`, `unavailable`
   */
  async exchange(supabaseToken: string, client: ClientContext): Promise<SignInResult> {
    const checked = await orUnavailable(this.identities.verifyToken(supabaseToken, client.ip));
    if (checked.outcome === 'refused') {
      loginFailed(this.events, client);
      throw new Problem('exchange_refused');
    }
    return this.completion.complete(checked.identity, client, {
      by: checked.provesAddress ? 'exchange' : 'other',
      provenAt: checked.provenAt,
    });
  }
}

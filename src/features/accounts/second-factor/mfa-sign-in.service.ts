import { Injectable } from '@nestjs/common';
import { Problem } from '../../../errors/problem.js';
import { aimedAt, type ClientContext } from '../../../network/client-context.js';
import { SecurityEvents } from '../../../observability/security-events.js';
import { UsersService } from '../../users/users.service.js';
import { loginSucceeded } from '../accounts.events.js';
import { MfaChallenges } from '../factor/mfa-challenges.js';
import { LoginAttemptsService } from '../login-attempts/login-attempts.service.js';
import { LoginThrottle } from '../login-attempts/login-throttle.js';
import { SessionsService } from '../sessions/sessions.service.js';
import type { TokenPair } from '../sessions/token-pair.js';

/** Completes a sign-in with the second factor. */
@Injectable()
export class MfaSignInService {
  constructor(
    private readonly challenges: MfaChallenges,
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly throttle: LoginThrottle,
    private readonly loginAttempts: LoginAttemptsService,
    private readonly events: SecurityEvents,
  ) {}

  /**
   * Exchanges a challenge token and a code for a session.
   * @throws Problem `mfa_token_invalid`, `mfa_code_invalid`, `rate_limit_exceeded`
   */
  async verify(mfaToken: string, code: string, client: ClientContext): Promise<TokenPair> {
    const opened = await this.challenges.open(mfaToken);
    const user = opened === null ? null : await this.users.find(opened.userId);
    if (opened === null || user?.disabledAt !== null || user.epoch !== opened.epoch)
      throw new Problem('mfa_token_invalid');
    const device = await this.loginAttempts.knownDevice(client.deviceToken, user.email);
    await this.challenges.redeem(mfaToken, code, aimedAt(client, user.email), device);
    const pair = await this.throttle.count(user.email, client, (attempt) =>
      this.sessions.begin(user, client, {
        factorProven: true,
        within: (tx) => attempt.succeeded(tx, user.id),
      }),
    );
    if (pair === null) throw new Problem('mfa_token_invalid');
    loginSucceeded(this.events, aimedAt(client, user.email), user.id, 'second factor');
    return pair;
  }
}

import { Injectable } from '@nestjs/common';
import { Problem } from '../../../errors/problem.js';
import type { Caller } from '../../../guards/route/caller.js';
import { SecurityEvents } from '../../../observability/security-events.js';
import { Clock } from '../../../ports/clock.js';
import { LoginAttemptsService } from '../login-attempts/login-attempts.service.js';
import { MfaChallenges } from '../factor/mfa-challenges.js';
import { MfaService, sourceOf } from '../factor/mfa.service.js';
import { UsersService } from '../../users/users.service.js';
import { AccessTokens } from '../sessions/access-tokens.js';
import { LoginThrottle } from '../login-attempts/login-throttle.js';
import { PasswordCheck } from '../credentials/password-check.js';
import { SessionsService, type TokenPair, type ClientContext } from '../sessions/sessions.service.js';

/** The second half of a sign-in, and proving again who one is. */
@Injectable()
export class SecondFactorService {
  constructor(
    private readonly mfa: MfaService,
    private readonly challenges: MfaChallenges,
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly passwords: PasswordCheck,
    private readonly tokens: AccessTokens,
    private readonly events: SecurityEvents,
    private readonly clock: Clock,
    private readonly throttle: LoginThrottle,
    private readonly loginAttempts: LoginAttemptsService,
  ) {}

  /** Trades the token of a right password and a code for a session. @throws Problem `mfa_token_invalid`, `mfa_code_invalid`, `rate_limit_exceeded` */
  async verify(mfaToken: string, code: string, client: ClientContext): Promise<TokenPair> {
    const opened = await this.challenges.open(mfaToken);
    const user = opened === null ? null : await this.users.find(opened.userId);
    if (opened === null || user?.disabledAt !== null || user.epoch !== opened.epoch)
      throw new Problem('mfa_token_invalid');
    const device = await this.loginAttempts.knownDevice(client.deviceToken, user.email);
    await this.challenges.redeem(mfaToken, code, {
      ...client,
      ...(device === null ? {} : { source: device }),
    });
    const { id: userId } = user;
    const pair = await this.throttle.count(user.email, client, (attempt) =>
      this.sessions.begin(user, client, {
        factorProven: true,
        within: (tx) => attempt.succeeded(tx, user.id),
      }),
    );
    if (pair === null) throw new Problem('mfa_token_invalid');
    this.events.record({
      event: 'authn_login_success',
      level: 'LOW',
      text: 'AUTH signed in with a second factor',
      sourceIp: client.ip,
      userId,
      requestId: client.requestId,
      response: 'none',
    });
    return pair;
  }

  /**
   * A token of the same session with a fresh `auth_time`. Who has a second factor proves it: with the password alone, an
   * open session and a known password would be enough to take the factor away.
   * @throws Problem `mfa_code_invalid`, `credentials_invalid`, `rate_limit_exceeded`
   */
  async stepUp(
    caller: Caller,
    proof: { password: string | null; code: string | null },
    client: ClientContext,
  ): Promise<string> {
    const user = await this.users.find(caller.userId);
    if (user?.epoch !== caller.ver) throw new Problem('token_invalid');
    const mfaEnabled = await this.mfa.isActive(user.id);
    if (mfaEnabled) {
      if (
        proof.code === null ||
        !(await this.mfa.verify(user.id, proof.code, { ...client, source: sourceOf(caller) }))
      )
        throw new Problem('mfa_code_invalid');
    } else {
      await this.throttle.count(user.email, client, async (attempt) => {
        const signIn = await this.passwords.check(user.email, proof.password ?? '', client.ip);
        if (signIn.outcome === 'refused' || signIn.identity.id !== user.id)
          throw new Problem('credentials_invalid');
        await attempt.forget();
      });
    }
    // Proving took time: nobody gets a fresh token for a session or an account that has ended meanwhile.
    const present = await this.users.find(user.id);
    const alive = await this.sessions.isLiving(user.id, caller.sessionId);
    if (!alive || present?.disabledAt !== null || present.epoch !== caller.ver)
      throw new Problem('token_invalid');
    return this.tokens.sign(present, caller.sessionId, Math.floor(this.clock.now() / 1000), mfaEnabled);
  }
}

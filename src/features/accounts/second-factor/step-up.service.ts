import { Injectable } from '@nestjs/common';
import { Problem } from '../../../errors/problem.js';
import type { Caller } from '../../../guards/route/caller.js';
import { aimedAt, type ClientContext } from '../../../network/client-context.js';
import { UsersService, type User } from '../../users/users.service.js';
import { constantTimeFailure } from '../credentials/constant-time-failure.js';
import { PasswordCheck } from '../credentials/password-check.js';
import { MfaService, sourceOf } from '../factor/mfa.service.js';
import { AccessTokens } from '../sessions/access-tokens.js';
import { SessionsService } from '../sessions/sessions.service.js';

/** Step-up authentication: a fresh proof within an open session. */
@Injectable()
export class StepUpService {
  constructor(
    private readonly users: UsersService,
    private readonly mfa: MfaService,
    private readonly passwords: PasswordCheck,
    private readonly sessions: SessionsService,
    private readonly tokens: AccessTokens,
  ) {}

  /**
   * A token of the same session with a fresh `auth_time`. With an active second factor, its code is required: else an
   * open session and a known password would be enough to remove the factor.
   * @throws Problem `mfa_code_invalid`, `credentials_invalid`, `rate_limit_exceeded`, `token_invalid`
   */
  async stepUp(
    caller: Caller,
    proof: { password: string | null; code: string | null },
    client: ClientContext,
  ): Promise<string> {
    const user = await this.users.find(caller.userId);
    if (user?.epoch !== caller.ver) throw new Problem('token_invalid');
    const mfaEnabled = await this.mfa.isActive(user.id);
    if (mfaEnabled) await this.proveFactor(caller, proof.code, aimedAt(client, user.email));
    else await this.provePassword(user, proof.password ?? '', client);
    const issuedAt = this.tokens.now();
    // Checked again after the proof: no fresh token for a session that ended or an account that changed meanwhile.
    const present = await this.users.find(user.id);
    const alive = await this.sessions.isLiving(caller);
    if (!alive || present?.disabledAt !== null || present.epoch !== caller.ver)
      throw new Problem('token_invalid');
    return this.tokens.sign({
      user: present,
      sessionId: caller.sessionId,
      authTime: issuedAt,
      issuedAt,
      mfaEnabled,
    });
  }

  private async proveFactor(caller: Caller, code: string | null, client: ClientContext): Promise<void> {
    if (code === null || !(await this.mfa.verify(caller.userId, code, client, sourceOf(caller))))
      throw new Problem('mfa_code_invalid');
  }

  /**
   * Not counted with the sign-ins of the account, which strangers can use up: the route limits each session. Whoever has stolen one
   * does not learn by the time whether the account has a password.
   */
  private provePassword(user: User, password: string, client: ClientContext): Promise<void> {
    return constantTimeFailure(async () => {
      const checked = await this.passwords.checkEvenly(user.email, password, client.ip);
      if (checked.outcome === 'refused' || checked.identity.id !== user.id)
        throw new Problem('credentials_invalid');
    });
  }
}

import { Injectable } from '@nestjs/common';
import { Problem } from '../../../errors/problem.js';
import type { Caller } from '../../../guards/route/caller.js';
import type { ClientContext } from '../../../network/client-context.js';
import { SecurityEvents } from '../../../observability/security-events.js';
import { UsersService } from '../../users/users.service.js';
import { passwordSet } from '../accounts.events.js';
import { assertValidPassword } from '../credentials/assert-valid-password.js';
import { constantTimeFailure } from '../credentials/constant-time-failure.js';
import { PasswordCheck } from '../credentials/password-check.js';
import { PasswordRules } from '../credentials/password-rules.js';
import { MfaService } from '../factor/mfa.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import type { TokenPair } from '../sessions/token-pair.js';

/** Change of a password by its owner within a session. */
@Injectable()
export class PasswordChangeService {
  constructor(
    private readonly users: UsersService,
    private readonly mfa: MfaService,
    private readonly rules: PasswordRules,
    private readonly passwords: PasswordCheck,
    private readonly sessions: SessionsService,
    private readonly events: SecurityEvents,
  ) {}

  /**
   * Returns a new token pair: the change ends this session too. A password does not prove the second factor, so with an
   * active one the new session keeps the `auth_time` of the calling one.
   * @throws Problem `credentials_invalid`, `validation_failed`, `unavailable`, `token_invalid`
   */
  async change(caller: Caller, present: string, next: string, client: ClientContext): Promise<TokenPair> {
    const user = await this.users.find(caller.userId);
    if (user?.epoch !== caller.ver) throw new Problem('token_invalid');
    const { email, fullName } = user;
    const mfaActive = await this.mfa.isActive(user.id);
    assertValidPassword(
      await this.rules.validate(next, { email, fullName, mfaActive, field: 'new_password' }),
    );
    await constantTimeFailure(async () => {
      const changed = await this.passwords.replace(user, present, next, client);
      if (changed.outcome === 'refused') throw new Problem('credentials_invalid');
    });
    passwordSet(this.events, client, user.id, 'changed');
    const renewed = await this.users.find(user.id);
    if (renewed === null) throw new Problem('token_invalid');
    // A factor activated during the change was not proven: `begin` then returns null.
    const pair = await this.sessions.begin(renewed, client, {
      factorProven: mfaActive,
      ...(mfaActive ? { provenAt: caller.authTime } : {}),
    });
    if (pair === null) throw new Problem('token_invalid');
    return pair;
  }
}

import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../../database/database.js';
import type { Revocation } from '../../../ports/revocations.js';
import { LoginAttemptsService } from '../login-attempts/login-attempts.service.js';
import { FactorChange } from '../factor/factor-change.js';
import { SessionsService } from '../sessions/sessions.service.js';

/** A factor that is added or removed ends the sessions, and forgets the devices, that came under the old rules. */
@Injectable()
export class SessionFactorChange extends FactorChange {
  constructor(
    private readonly sessions: SessionsService,
    private readonly loginAttempts: LoginAttemptsService,
  ) {
    super();
  }

  async changed(tx: Transaction, userId: string, keepSessionId: string | null): Promise<Revocation[]> {
    // They signed in under the old rules: none of them has passed the new factor.
    await this.loginAttempts.forgetDevices(tx, userId);
    return keepSessionId === null
      ? this.sessions.endAll(tx, userId)
      : this.sessions.endOthers(tx, userId, keepSessionId);
  }
}

import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../ports/database.js';
import type { Revocation } from '../../ports/revocations.js';
import { FactorChange } from '../mfa/factor-change.js';
import { SessionsService } from './sessions.service.js';

/** A factor that is added or removed ends the sessions that were begun under the old rules. */
@Injectable()
export class SessionFactorChange extends FactorChange {
  constructor(private readonly sessions: SessionsService) {
    super();
  }

  changed(tx: Transaction, userId: string, keepSessionId: string | null): Promise<Revocation[]> {
    return keepSessionId === null
      ? this.sessions.endAll(tx, userId)
      : this.sessions.endOthers(tx, userId, keepSessionId);
  }
}

import { Injectable } from '@nestjs/common';
import { accountDeletionPolicy } from '../../../../config/policy/privacy/deletion.js';
import { Database } from '../../../database/database.js';
import { Random } from '../../../ports/random.js';
import { AuditTrail } from '../../audit/audit-trail.service.js';
import { UsersService } from '../../users/users.service.js';
import { AccountDeletionsRepository } from './account-deletions.repository.js';
import { AccountErasure } from './account-erasure.js';
import { ErasedAccountsService } from './erased-accounts.service.js';

export interface Replay {
  /** Accounts on the list. */
  readonly listed: number;
  /** Of them, those that the database had again. */
  readonly found: number;
  /** Of these, those of which something is left; the service goes on with them. */
  readonly unfinished: number;
}

/**
 * Erases once more what a restored database has again. Nobody may use the service meanwhile: no instance runs, so what was under way when the backup was
 * made is given up.
 */
@Injectable()
export class ErasureReplayService {
  constructor(
    private readonly database: Database,
    private readonly erased: ErasedAccountsService,
    private readonly users: UsersService,
    private readonly deletions: AccountDeletionsRepository,
    private readonly erasure: AccountErasure,
    private readonly audit: AuditTrail,
    private readonly random: Random,
  ) {}

  /** @throws StorageUnavailable when the list cannot be read whole; what the database throws */
  async apply(signal: AbortSignal): Promise<Replay> {
    const listed = await this.erased.read();
    let found = 0;
    let unfinished = 0;
    let after: string | null = null;
    do {
      const ids: readonly string[] = await this.users.idsAfter(after, accountDeletionPolicy.batch);
      for (const id of await this.erasedAmong(ids)) {
        found++;
        if (!(await this.eraseAgain(id, signal))) unfinished++;
      }
      after = ids.at(-1) ?? null;
    } while (after !== null);
    if (unfinished === 0) await this.erased.noteApplied();
    return { listed, found, unfinished };
  }

  private async erasedAmong(ids: readonly string[]): Promise<readonly string[]> {
    const pseudonyms = ids.map((id) => this.audit.pseudonymsOf(id));
    const known = await this.erased.among(pseudonyms.flat());
    return ids.filter((_, at) => pseudonyms[at]?.some((one) => known.has(one.toString('hex'))));
  }

  /** False when something is left. */
  private async eraseAgain(userId: string, signal: AbortSignal): Promise<boolean> {
    const claim = this.random.uuid();
    const entry = { action: 'deletion.applied', subjectId: userId } as const;
    await this.database.transaction(async (tx) =>
      this.deletions.addDue(tx, { userId, claim }, await this.audit.entry(tx, entry, null)),
    );
    for (;;) {
      const deletion = await this.deletions.held({ userId, claim });
      const outcome = await this.erasure.run(deletion, { signal, giveUp: true });
      if (outcome.state === 'erased') return true;
      // Of the first run only; whatever else is waited for, is not done by waiting here.
      if (outcome.left.length === 0 && outcome.seconds === 0) continue;
      await this.deletions.release(deletion, outcome.seconds, 0);
      return outcome.left.every(({ table }) => table === 'revocations');
    }
  }
}

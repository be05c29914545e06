import { Injectable } from '@nestjs/common';
import { accountDeletionPolicy } from '../../../../config/policy/privacy/deletion.js';
import { SecurityEvents } from '../../../observability/security-events.js';
import { Clock } from '../../../ports/clock.js';
import { AuditTrail } from '../../audit/audit-trail.service.js';
import { accountErased } from '../privacy.events.js';
import { AccountClosing } from './account-closing.js';
import { AccountDeletionsRepository, type ClaimedDeletion } from './account-deletions.repository.js';
import { AccountRemoval } from './account-removal.js';
import type { LeftRows } from './erasure.repository.js';
import { ErasedAccountsService } from './erased-accounts.service.js';
import { PersonErasure } from './person-erasure.js';

const { closingSeconds, lastAdministratorSeconds, leaseMs, waitSeconds } = accountDeletionPolicy;

export interface ErasureOptions {
  readonly signal: AbortSignal;
  /** What is under way is not waited for: no instance runs that could end it. */
  readonly giveUp?: boolean;
}

/** `waits`: for `seconds`, before it goes on. */
export type ErasureOutcome =
  | { readonly state: 'erased' }
  | { readonly state: 'waits'; readonly seconds: number; readonly left: readonly LeftRows[] };

/**
 * Erases an account from one stage to the next. Whatever is done is written, and each stage may be done again: a worker that is killed anywhere loses
 * nothing, and the next one goes on with its stage.
 */
@Injectable()
export class AccountErasure {
  constructor(
    private readonly deletions: AccountDeletionsRepository,
    private readonly closing: AccountClosing,
    private readonly erasure: PersonErasure,
    private readonly removal: AccountRemoval,
    private readonly erased: ErasedAccountsService,
    private readonly audit: AuditTrail,
    private readonly events: SecurityEvents,
    private readonly clock: Clock,
  ) {}

  /** @throws DeletionLost, IdentityUnavailable, StorageUnavailable, what the database throws */
  async run(deletion: ClaimedDeletion, options: ErasureOptions): Promise<ErasureOutcome> {
    let { stage } = deletion;
    if (stage === 'waiting') {
      if (!(await this.closing.close(deletion))) return waits(lastAdministratorSeconds);
      // With the hashes of the address.
      return waits(0);
    }
    if (stage === 'closing') {
      if (!(await this.isClosed(deletion, options))) return waits(waitSeconds);
      await this.deletions.enter(deletion, 'erasing');
      stage = 'erasing';
    }
    const subject = { userId: deletion.userId, accounts: deletion.addressHashes };
    if (stage === 'erasing') {
      await this.erasure.eraseAll(subject, options.signal, this.renewing(deletion));
      await this.deletions.enter(deletion, 'removing');
      stage = 'removing';
    }
    if (stage === 'removing') {
      await this.removal.remove(deletion.userId);
      await this.deletions.enter(deletion, 'checking');
    }
    return this.check(deletion, options);
  }

  /** What came in between is erased too; only when nothing is left, it is done. */
  private async check(deletion: ClaimedDeletion, { signal }: ErasureOptions): Promise<ErasureOutcome> {
    const subject = { userId: deletion.userId, accounts: deletion.addressHashes };
    await this.erasure.eraseAll(subject, signal, this.renewing(deletion));
    const left = await this.erasure.left(subject);
    if (left.length > 0) return { ...waits(waitSeconds), left };
    const pseudonym = this.audit.pseudonymOf(deletion.userId);
    // Before the last statement: a crash in between lists it twice, and never not at all.
    await this.erased.list(pseudonym);
    await this.deletions.finish(deletion, pseudonym);
    accountErased(this.events);
    return { state: 'erased' };
  }

  private async isClosed(
    { userId, closedAt }: ClaimedDeletion,
    { giveUp = false }: ErasureOptions,
  ): Promise<boolean> {
    const closedMs = closedAt === null ? 0 : this.clock.now() - closedAt.getTime();
    return this.closing.isStill(userId, { giveUp: giveUp || closedMs > closingSeconds * 1000 });
  }

  /** Signs of life now and then: there may be a million rows. */
  private renewing(deletion: ClaimedDeletion): () => Promise<void> {
    let renewedAt = this.clock.monotonic();
    return async () => {
      if (this.clock.monotonic() - renewedAt < leaseMs / 6) return;
      await this.deletions.renew(deletion);
      renewedAt = this.clock.monotonic();
    };
  }
}

const waits = (seconds: number): ErasureOutcome & { readonly state: 'waits' } => ({
  state: 'waits',
  seconds,
  left: [],
});

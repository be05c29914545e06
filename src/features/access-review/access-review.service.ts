import { Injectable } from '@nestjs/common';
import { accessReviewPolicy } from '../../../config/policy/accounts/access-review.js';
import { Database } from '../../database/database.js';
import { Problem } from '../../errors/problem.js';
import type { Caller } from '../../guards/route/caller.js';
import type { ClientContext } from '../../network/client-context.js';
import { SecurityEvents } from '../../observability/security-events.js';
import { isNotBlank } from '../../perimeter/input/is-not-blank.js';
import { Clock } from '../../ports/clock.js';
import { Random } from '../../ports/random.js';
import { AuditTrail } from '../audit/audit-trail.service.js';
import { accessAttested } from './access-review.events.js';
import {
  AccessReviewRepository,
  type Attestation,
  type Counted,
  type ReviewedAdministrator,
  type StaleKey,
} from './access-review.repository.js';

export interface AccessReview {
  readonly administrators: Counted<ReviewedAdministrator>;
  readonly staleKeys: Counted<StaleKey>;
  readonly lastAttestation: Attestation | null;
  /** When the next attestation is due; now where there was none. */
  readonly dueAt: Date;
}

const dayMs = 24 * 3600 * 1000;

/** Who may do what and did not for long; that somebody looked through it is attested, and in the audit log. */
@Injectable()
export class AccessReviewService {
  constructor(
    private readonly database: Database,
    private readonly reviews: AccessReviewRepository,
    private readonly audit: AuditTrail,
    private readonly events: SecurityEvents,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  async read(): Promise<AccessReview> {
    const [administrators, staleKeys, lastAttestation] = [
      await this.reviews.administrators(),
      await this.reviews.staleKeys(),
      await this.reviews.lastAttestation(),
    ];
    return { administrators, staleKeys, lastAttestation, dueAt: this.dueAfter(lastAttestation) };
  }

  /** When access was last attested, null for never, and when that is due. */
  async due(): Promise<{ readonly lastAt: Date | null; readonly dueAt: Date }> {
    const last = await this.reviews.lastAttestation();
    return { lastAt: last?.at ?? null, dueAt: this.dueAfter(last) };
  }

  /** For what access is at this moment. @throws Problem `validation_failed` */
  async attest(caller: Caller, note: string, client: ClientContext): Promise<AccessReview> {
    if (!isNotBlank(note))
      throw new Problem('validation_failed', {
        errors: [{ field: 'note', code: 'blank', message: 'must say something' }],
      });
    await this.database.transaction(async (tx) => {
      const administrators = (await this.reviews.administrators(tx)).count;
      const staleKeys = (await this.reviews.staleKeys(tx)).count;
      const details = { administrators, stale_keys: staleKeys, note };
      const audited = await this.audit.entry(
        tx,
        { action: 'access.attested', subjectId: null, details },
        client,
      );
      const attestation = { reviewerId: caller.userId, administrators, staleKeys, note };
      await this.reviews.attest(tx, this.random.timeOrderedUuid(), attestation, audited);
    });
    accessAttested(this.events, client);
    return this.read();
  }

  private dueAfter(last: Attestation | null): Date {
    return new Date(
      last === null ? this.clock.now() : last.at.getTime() + accessReviewPolicy.everyDays * dayMs,
    );
  }
}

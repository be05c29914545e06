import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../../config/config.js';
import { auditPolicy } from '../../../../config/policy/operations/audit.js';
import { Database } from '../../../database/database.js';
import { Log } from '../../../observability/log.js';
import { Clock } from '../../../ports/clock.js';
import { Purge } from '../../../tasks/purge.js';
import { AuditTrail } from '../audit-trail.service.js';
import { AuditKeys } from '../trail/audit-keys.js';
import { trimBytes } from './trim.js';
import { TrimsRepository } from './trims.repository.js';

const { trimEverySeconds, trimBatch, streams } = auditPolicy;

/**
 * Entries older than AUDIT_RETENTION_DAYS go, from the beginning of each stream on and in batches; a signed summary says where the rest begins, so
 * that the chain stays verifiable.
 */
@Injectable()
export class AuditRetention extends Purge {
  constructor(
    @Inject(CONFIG)
    private readonly config: { readonly audit: Pick<Config['audit'], 'retentionDays' | 'enabled'> },
    private readonly database: Database,
    private readonly trims: TrimsRepository,
    private readonly keys: AuditKeys,
    private readonly audit: AuditTrail,
    private readonly clock: Clock,
    log: Log,
  ) {
    super(trimEverySeconds, 'old entries of the audit log', log);
  }

  async run(signal: AbortSignal): Promise<void> {
    const { enabled, retentionDays } = this.config.audit;
    if (!enabled) return;
    const before = new Date(this.clock.now() - retentionDays * 24 * 3600 * 1000);
    let gone = 0;
    for (let stream = 0; stream < streams && !signal.aborted; stream++)
      gone += await this.trim(stream, before, signal);
    if (gone === 0) return;
    const details = { entries: gone, before: before.toISOString() };
    await this.audit.append(this.database.query, { action: 'audit.trimmed', subjectId: null, details }, null);
  }

  private async trim(stream: number, before: Date, signal: AbortSignal): Promise<number> {
    let gone = 0;
    while (!signal.aborted) {
      const due = await this.trims.due(stream, before, trimBatch);
      if (due === null) break;
      const signature = (await this.keys.signer()).sign(trimBytes(due));
      const went = await this.trims.trim({ ...due, signature }, before);
      gone += went;
      if (went < trimBatch) break;
    }
    return gone;
  }
}

import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../../config/config.js';
import { auditPolicy } from '../../../../config/policy/operations/audit.js';
import { Database } from '../../../database/database.js';
import { Log } from '../../../observability/log.js';
import { Clock } from '../../../ports/clock.js';
import { inBatches } from '../../../tasks/in-batches.js';
import { Purge } from '../../../tasks/purge.js';
import { AuditTrail } from '../audit-trail.service.js';
import { emptyHead, macOf } from '../chain/audit-chain.js';
import { AuditKeys } from '../trail/audit-keys.js';
import { AuditRepository } from '../trail/audit.repository.js';
import { readTrim, trimBytes, type Trim } from './trim.js';
import { TrimsRepository } from './trims.repository.js';

const { trimEverySeconds, trimBatch, streams } = auditPolicy;

/**
 * Entries older than AUDIT_RETENTION_DAYS go, from the beginning of each stream on and in batches; a signed summary says where the rest begins, so
 * that the chain stays verifiable. Only what is verified goes: a summary of forged entries, or of entries that somebody made older, would hide that.
 */
@Injectable()
export class AuditRetention extends Purge {
  constructor(
    @Inject(CONFIG)
    private readonly config: { readonly audit: Pick<Config['audit'], 'retentionDays' | 'enabled'> },
    private readonly database: Database,
    private readonly entries: AuditRepository,
    private readonly trims: TrimsRepository,
    private readonly keys: AuditKeys,
    private readonly audit: AuditTrail,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {
    super(trimEverySeconds, 'old entries of the audit log', log);
  }

  async run(signal: AbortSignal): Promise<void> {
    const { enabled, retentionDays } = this.config.audit;
    if (!enabled) return;
    const before = new Date(this.clock.now() - retentionDays * 24 * 3600 * 1000);
    for (let stream = 0; stream < streams; stream++)
      await inBatches(trimBatch, () => this.trim(stream, before), signal);
  }

  /** One batch, with its entry. Returns how many went. */
  private async trim(stream: number, before: Date): Promise<number> {
    const due = await this.due(stream, before);
    if (due === null) return 0;
    const signature = (await this.keys.signer()).sign(trimBytes(due));
    return this.database.transaction(async (tx) => {
      const entries = await this.trims.trim(tx, { ...due, signature }, before);
      const details = { stream, entries, until: String(due.position), before: before.toISOString() };
      // None where another instance was faster.
      if (entries > 0)
        await this.audit.append(tx, { action: 'audit.trimmed', subjectId: null, details }, null);
      return entries;
    });
  }

  /** The summary of the first entries of a stream that are older than `before` and as they were written; null when there are none. */
  private async due(stream: number, before: Date): Promise<Trim | null> {
    const start = readTrim(await this.trims.of(stream), await this.keys.signer());
    const chainKey = await this.keys.chain();
    const until = BigInt(before.getTime()) * 1000n;
    let due: Trim | null = null;
    let { position, head } = start === null || start === 'forged' ? { position: 0n, head: emptyHead } : start;
    for (const entry of await this.entries.entries(stream, position, trimBatch)) {
      if (entry.at >= until) break;
      if (entry.position !== position + 1n || !macOf(chainKey, head, entry).equals(entry.mac)) {
        this.log.error(
          'entries of the audit log are not as they were written, and stay: npm run audit:verify',
          {
            stream,
            position: String(entry.position),
          },
        );
        break;
      }
      ({ position, mac: head } = entry);
      due = { stream, position, head, through: entry.at };
    }
    return due;
  }
}

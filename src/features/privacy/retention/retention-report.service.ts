import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { sql, type RawBuilder } from 'kysely';
import { CONFIG, type Config } from '../../../../config/config.js';
import { retentionReportPolicy } from '../../../../config/policy/privacy/retention-report.js';
import { retentionRules } from '../../../../config/policy/privacy/retention.js';
import type { RetentionRule } from '../../../../config/policy/privacy/retention-rule.js';
import { Database } from '../../../database/database.js';
import { Log } from '../../../observability/log.js';
import { Metrics } from '../../../observability/metrics.js';
import { SecurityEvents } from '../../../observability/security-events.js';
import { PeriodicTask } from '../../../tasks/periodic-task.js';
import { retentionOverdue } from '../privacy.events.js';
import { retentionChecks } from './retention-checks.js';
import { Background } from '../../../tasks/background.js';

export interface RetentionState extends Pick<RetentionRule, 'kind' | 'purpose' | 'basis' | 'kept'> {
  /** Rows that are kept for longer, counted up to a bound; null where no task deletes by age. */
  readonly overdue: number | null;
}

const { checkEveryMs, countAtMost } = retentionReportPolicy;

/** Whether what the rules of retention promise is done: what is kept for longer than they say, by kind of data. */
@Background()
@Injectable()
export class RetentionReport implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly task: PeriodicTask;
  /** Null before the first look. */
  private overdue: number | null = null;
  private isTold = false;

  constructor(
    @Inject(CONFIG) private readonly config: { readonly audit: Pick<Config['audit'], 'retentionDays'> },
    private readonly database: Database,
    private readonly events: SecurityEvents,
    metrics: Metrics,
    private readonly log: Log,
  ) {
    this.task = new PeriodicTask({
      everyMs: checkEveryMs,
      jitter: 0.2,
      run: () => this.check(),
      onError: (cause) => {
        log.warn('the rules of retention could not be checked', { cause });
      },
    });
    metrics.gauge(
      'retention_overdue_rows',
      'Rows with something of persons that are kept for longer than the rules of retention say, as counted last.',
      () => this.overdue ?? Number.NaN,
    );
  }

  onApplicationBootstrap(): void {
    this.task.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.task.stop();
  }

  /** One for each rule. Some twenty short statements, one after the other. */
  async report(): Promise<RetentionState[]> {
    const counts = await this.counts();
    return retentionRules.map(({ kind, purpose, basis, kept, tables }) => {
      const counted = tables.flatMap((table) => counts.get(table) ?? []);
      const overdue = counted.length === 0 ? null : counted.reduce((sum, count) => sum + count, 0);
      return { kind, purpose, basis, kept, overdue };
    });
  }

  /** Looks, and says so where something is kept for too long. */
  async check(): Promise<void> {
    const late = [...(await this.counts())].filter(([, count]) => count > 0);
    this.overdue = late.reduce((sum, [, count]) => sum + count, 0);
    // Once for as long as it lasts.
    if (late.length > 0 && !this.isTold) retentionOverdue(this.events, Object.fromEntries(late));
    this.isTold = late.length > 0;
  }

  private async counts(): Promise<ReadonlyMap<string, number>> {
    const counts = new Map<string, number>();
    for (const { table, isOverdue } of retentionChecks) {
      try {
        counts.set(table, await this.count(table, isOverdue(this.config.audit.retentionDays)));
      } catch (cause) {
        // One that cannot be counted hides no other.
        this.log.warn('a rule of retention could not be checked', { table, cause });
      }
    }
    return counts;
  }

  private async count(table: string, isOverdue: RawBuilder<boolean>): Promise<number> {
    const { rows } = await sql<{ count: number }>`
      select count(*)::integer as count from (
        select from ${sql.table(`velro.${table}`)} where ${isOverdue} limit ${countAtMost}) late`.execute(
      this.database.query,
    );
    return rows[0]?.count ?? 0;
  }
}

import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { CONFIG, type Config } from '../../../config/config.js';
import { slowStatementSeconds, statementSeconds } from '../../../config/policy/operations/metrics.js';
import { Metrics } from '../../observability/metrics.js';
import { PeerCertificates } from '../../observability/peer-certificates.js';
import { StatementTimes } from '../../observability/statement-times.js';
import { Revocations } from '../../ports/revocations.js';

/** What is measured of the connections to the database and others. Before any is opened, so that none is missed. */
@Injectable()
export class ConnectionGauges implements OnModuleInit, OnModuleDestroy {
  private unwatch: (() => void) | null = null;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly metrics: Metrics,
    private readonly times: StatementTimes,
    private readonly certificates: PeerCertificates,
    private readonly revocations: Revocations,
  ) {}

  onModuleInit(): void {
    const { metrics, times, certificates } = this;
    const statements = metrics.durations(
      'database_statements',
      'Seconds that a statement of the pool took, without the wait for a connection.',
      statementSeconds,
    );
    for (const series of times.series) statements.add(series);
    metrics.counter(
      'database_slow_statements',
      `Statements of the pool that took longer than ${slowStatementSeconds} seconds.`,
      () => times.slow,
    );
    metrics.gauge(
      'sign_ins_closed',
      '1: an incident has closed sign-ins (npm run incident); 0: they are open.',
      () => Number(this.revocations.heardSignInsClosed() ?? Number.NaN),
    );
    metrics.gauge(
      'peer_certificate_not_after',
      'When the certificate ends that was seen at the latest connection to a peer, in seconds since the epoch.',
      () => certificates.read(),
      'peer',
    );
    const { supabase } = this.config;
    if (supabase.kind === 'hosted')
      this.unwatch = certificates.watchFetch('supabase', new URL(supabase.url).hostname);
  }

  onModuleDestroy(): void {
    this.unwatch?.();
  }
}

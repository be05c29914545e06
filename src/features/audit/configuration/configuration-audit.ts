import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { CONFIG, type Config } from '../../../../config/config.js';
import { auditPolicy } from '../../../../config/policy/operations/audit.js';
import { Database } from '../../../database/database.js';
import { Log } from '../../../observability/log.js';
import { PeriodicTask } from '../../../tasks/periodic-task.js';
import { AuditTrail } from '../audit-trail.service.js';
import { AuditReadingService } from '../reading/audit-reading.service.js';
import { configurationDigests } from './configuration-digests.js';

const action = 'configuration.loaded';

/**
 * Each start is an entry with the configuration: a keyed digest of every variable, and the names of those that are not as at the start
 * before. A start does not fail for it; it is tried again until it is written.
 */
@Injectable()
export class ConfigurationAudit implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly again: PeriodicTask;
  private isWritten = false;

  constructor(
    @Inject(CONFIG)
    private readonly config: Pick<Config, 'audit' | 'environment' | 'settings' | 'pseudonymKey'>,
    private readonly database: Database,
    private readonly reading: AuditReadingService,
    private readonly audit: AuditTrail,
    private readonly log: Log,
  ) {
    this.again = new PeriodicTask({
      everyMs: auditPolicy.configurationAgainMs,
      run: () => this.write(),
      onError: (cause) => {
        log.warn('the configuration is not in the audit log yet', { cause });
      },
    });
  }

  async onApplicationBootstrap(): Promise<void> {
    if (!this.config.audit.enabled) return;
    try {
      await this.write();
    } catch (cause) {
      this.log.warn('the configuration is not in the audit log yet', { cause });
      this.again.start();
    }
  }

  onModuleDestroy(): Promise<void> {
    return this.again.stop();
  }

  private async write(): Promise<void> {
    if (this.isWritten) return;
    const present = configurationDigests(this.config);
    const before = await this.before();
    const details = {
      environment: this.config.environment,
      settings: [...present].map(([name, digest]) => `${name}=${digest}`),
      changed: before === null ? null : changedIn(before, present),
    };
    await this.audit.append(this.database.query, { action, subjectId: null, details }, null);
    this.isWritten = true;
  }

  /** Of the start before; null where none is in the log, or it cannot be read. */
  private async before(): Promise<ReadonlyMap<string, string> | null> {
    const details = await this.reading.latestDetails(action);
    const settings = details?.['settings'];
    if (!Array.isArray(settings)) return null;
    return new Map(settings.map((line) => String(line).split('=') as [string, string]));
  }
}

/** Names of what is another value, new or gone. */
const changedIn = (
  before: ReadonlyMap<string, string>,
  present: ReadonlyMap<string, string>,
): readonly string[] =>
  [...new Set([...before.keys(), ...present.keys()])]
    .filter((name) => before.get(name) !== present.get(name))
    .sort();

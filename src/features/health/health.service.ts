import { Injectable } from '@nestjs/common';
import { healthCachedMs } from '../../../config/policy/perimeter/http.js';
import { Database } from '../../database/database.js';
import { isUnopenedRestore } from '../../database/unopened-restore.js';
import { CounterHealth } from '../../ports/counters.js';
import { Revocations } from '../../ports/revocations.js';
import { StorageHealth } from '../../ports/object-storage.js';
import { Shutdown } from '../../tasks/shutdown.js';
import { AiSwitch } from '../ai-switch/ai-switch.service.js';

/** Availability of the database, and the kill switch. */
interface DatabaseReport {
  readonly answers: boolean;
  readonly takesWrites: boolean;
  readonly aiEnabled: boolean;
  readonly isUnopenedRestore: boolean;
}

/** Which dependencies are available. */
export interface Dependencies {
  readonly database: boolean;
  /** Whether the database takes writes. */
  readonly writes: boolean;
  /** The feed of revocations: without it every authenticated request gets 503. */
  readonly revocations: boolean;
  /** The shared counters: while they are unavailable, the fallback counts and requests are served. */
  readonly counters: boolean;
  /** Whether the storage takes objects: while it takes none, signing in and reading work. */
  readonly storage: boolean;
}

/** Whether requests may be sent to this instance, and its dependencies. */
export interface Readiness extends Dependencies {
  /** From a stop signal on: requests are still answered for a while, and new ones belong elsewhere. */
  readonly isStopping: boolean;
  /** The database was restored and has not been opened: what it holds is not what was last. */
  readonly isUnopenedRestore: boolean;
}

/** State of the service. */
export interface Health {
  readonly isHealthy: boolean;
  /** Since the start of the process. */
  readonly uptimeSeconds: number;
  readonly aiEnabled: boolean;
}

/** State of the service and its dependencies, for probes and operators. */
@Injectable()
export class HealthService {
  private asked: { readonly until: number; readonly report: DatabaseReport } | null = null;
  private asking: Promise<DatabaseReport> | null = null;

  constructor(
    private readonly database: Database,
    private readonly ai: AiSwitch,
    private readonly revocations: Revocations,
    private readonly counters: CounterHealth,
    private readonly storage: StorageHealth,
    private readonly shutdown: Shutdown,
  ) {}

  async report(): Promise<Health> {
    const { database, writes, revocations, counters, storage } = await this.dependencies();
    const { aiEnabled } = await this.askDatabase();
    return {
      isHealthy: database && writes && revocations && counters && storage,
      uptimeSeconds: Math.floor(process.uptime()),
      aiEnabled,
    };
  }

  async readiness(): Promise<Readiness> {
    const { isUnopenedRestore } = await this.askDatabase();
    return { ...(await this.dependencies()), isStopping: this.shutdown.hasBegun, isUnopenedRestore };
  }

  async dependencies(): Promise<Dependencies> {
    const { answers, takesWrites } = await this.askDatabase();
    return {
      database: answers,
      writes: takesWrites,
      revocations: await this.hearsRevocations(),
      counters: this.counters.isUp(),
      storage: this.storage.isUp(),
    };
  }

  /** An instance that was busy for a moment is not one without a feed. */
  private async hearsRevocations(): Promise<boolean> {
    if (!this.revocations.isFresh()) await this.revocations.afterPause();
    return this.revocations.isFresh();
  }

  /** Asked once a second for all requests: the route is public and not rate limited. */
  private async askDatabase(): Promise<DatabaseReport> {
    if (this.asked !== null && performance.now() < this.asked.until) return this.asked.report;
    this.asking ??= this.read().then((report) => {
      this.asked = { until: performance.now() + healthCachedMs, report };
      this.asking = null;
      return report;
    });
    return this.asking;
  }

  /** Where the database does not answer, no provider is called. */
  private async read(): Promise<DatabaseReport> {
    try {
      const [takesWrites, { effective }, isRestored] = await Promise.all([
        this.database.isWritable(),
        this.ai.read(),
        isUnopenedRestore(this.database),
      ]);
      return { answers: true, takesWrites, aiEnabled: effective, isUnopenedRestore: isRestored };
    } catch {
      return { answers: false, takesWrites: false, aiEnabled: false, isUnopenedRestore: false };
    }
  }
}

import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../config/config.js';
import { healthCachedMs } from '../../../config/policy/http.js';
import { CounterHealth } from '../../ports/counter-health.js';
import { Database } from '../../ports/database.js';
import { Revocations } from '../../ports/revocations.js';
import type { HealthResponse } from './health.controller.js';

/** What answers at this moment. */
export interface Dependencies {
  readonly database: boolean;
  /** The feed of revocations: without it nobody who is signed in is let in. */
  readonly revocations: boolean;
  /** The shared counters: while they are away others count, and everything goes on. */
  readonly counters: boolean;
}

@Injectable()
export class HealthService {
  private asked: { readonly until: number; readonly answers: boolean } | null = null;
  private asking: Promise<boolean> | null = null;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly revocations: Revocations,
    private readonly counters: CounterHealth,
  ) {}

  async report(): Promise<HealthResponse> {
    const { database, revocations, counters } = await this.dependencies();
    return {
      status: database && revocations && counters ? 'healthy' : 'degraded',
      uptime_s: Math.floor(process.uptime()),
      ai_status: this.config.ai.enabled ? 'enabled' : 'disabled',
    };
  }

  async dependencies(): Promise<Dependencies> {
    return {
      database: await this.databaseAnswers(),
      revocations: this.revocations.isFresh(),
      counters: this.counters.isUp(),
    };
  }

  /** Asked once for everybody who wants to know within a second: anybody may ask, as often as they like. */
  private async databaseAnswers(): Promise<boolean> {
    if (this.asked !== null && performance.now() < this.asked.until) return this.asked.answers;
    this.asking ??= this.ping().then((answers) => {
      this.asked = { until: performance.now() + healthCachedMs, answers };
      this.asking = null;
      return answers;
    });
    return this.asking;
  }

  private async ping(): Promise<boolean> {
    try {
      await this.database.ping();
      return true;
    } catch {
      return false;
    }
  }
}

import { Injectable } from '@nestjs/common';
import { healthCachedMs } from '../../../config/policy/perimeter/http.js';
import { CounterHealth } from '../../ports/counter-health.js';
import { Revocations } from '../../ports/revocations.js';
import { AiSwitch } from '../ai-switch/ai-switch.service.js';
import type { HealthResponse } from './health.controller.js';

/** What the database says of itself and of the switch. */
interface HealthReport {
  readonly answers: boolean;
  readonly aiEnabled: boolean;
}

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
  private asked: { readonly until: number; readonly heard: HealthReport } | null = null;
  private asking: Promise<HealthReport> | null = null;

  constructor(
    private readonly ai: AiSwitch,
    private readonly revocations: Revocations,
    private readonly counters: CounterHealth,
  ) {}

  async report(): Promise<HealthResponse> {
    const { database, revocations, counters } = await this.dependencies();
    const { aiEnabled } = await this.askDatabase();
    return {
      status: database && revocations && counters ? 'healthy' : 'degraded',
      uptime_s: Math.floor(process.uptime()),
      ai_status: aiEnabled ? 'enabled' : 'disabled',
    };
  }

  async dependencies(): Promise<Dependencies> {
    return {
      database: (await this.askDatabase()).answers,
      revocations: this.revocations.isFresh(),
      counters: this.counters.isUp(),
    };
  }

  /** Asked once for everybody who wants to know within a second: anybody may ask, as often as they like. */
  private async askDatabase(): Promise<HealthReport> {
    if (this.asked !== null && performance.now() < this.asked.until) return this.asked.heard;
    this.asking ??= this.hear().then((heard) => {
      this.asked = { until: performance.now() + healthCachedMs, heard };
      this.asking = null;
      return heard;
    });
    return this.asking;
  }

  /** One question serves both: whoever answers it is there. Without an answer no provider is called. */
  private async hear(): Promise<HealthReport> {
    try {
      return { answers: true, aiEnabled: (await this.ai.read()).effective };
    } catch {
      return { answers: false, aiEnabled: false };
    }
  }
}

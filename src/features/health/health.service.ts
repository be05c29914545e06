import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../config/config.js';
import { Database } from '../../ports/database.js';
import type { HealthResponse } from './health.controller.js';

@Injectable()
export class HealthService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
  ) {}

  async report(): Promise<HealthResponse> {
    return {
      status: (await this.databaseAnswers()) ? 'healthy' : 'degraded',
      uptime_s: Math.floor(process.uptime()),
      ai_status: this.config.ai.enabled ? 'enabled' : 'disabled',
    };
  }

  async databaseAnswers(): Promise<boolean> {
    try {
      await this.database.ping();
      return true;
    } catch {
      return false;
    }
  }
}

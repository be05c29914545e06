import { Module } from '@nestjs/common';
import { AiSwitchModule } from '../ai-switch/ai-switch.module.js';
import { HealthPings } from './health-ping.js';
import { HealthController } from './health.controller.js';
import { HealthService } from './health.service.js';

@Module({
  imports: [AiSwitchModule],
  controllers: [HealthController],
  providers: [HealthService, HealthPings],
  exports: [HealthService, HealthPings],
})
export class HealthModule {}

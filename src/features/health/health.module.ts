import { Module } from '@nestjs/common';
import { AiSwitchModule } from '../ai-switch/ai-switch.module.js';
import { HealthPing } from './health-ping.js';
import { HealthController } from './health.controller.js';
import { HealthService } from './health.service.js';

@Module({
  imports: [AiSwitchModule],
  controllers: [HealthController],
  providers: [HealthService, HealthPing],
  exports: [HealthService, HealthPing],
})
export class HealthModule {}

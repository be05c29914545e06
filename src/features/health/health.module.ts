import { Module } from '@nestjs/common';
import { AiSwitchModule } from '../ai-switch/ai-switch.module.js';
import { HealthController } from './health.controller.js';
import { HealthService } from './health.service.js';

@Module({
  imports: [AiSwitchModule],
  controllers: [HealthController],
  providers: [HealthService],
  exports: [HealthService],
})
export class HealthModule {}

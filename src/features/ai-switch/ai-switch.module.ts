import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { AiSwitchController } from './ai-switch.controller.js';
import { AiSwitchRepository } from './ai-switch.repository.js';
import { AiSwitch } from './ai-switch.service.js';

@Module({
  imports: [AuditModule],
  controllers: [AiSwitchController],
  providers: [AiSwitchRepository, AiSwitch],
  exports: [AiSwitch],
})
export class AiSwitchModule {}

import { Module } from '@nestjs/common';
import { AiSwitchController } from './ai-switch.controller.js';
import { AiSwitchRepository } from './ai-switch.repository.js';
import { AiSwitch } from './ai-switch.service.js';

@Module({
  controllers: [AiSwitchController],
  providers: [AiSwitchRepository, AiSwitch],
  exports: [AiSwitch],
})
export class AiSwitchModule {}

import { Module } from '@nestjs/common';
import { AiSwitchModule } from '../../ai-switch/ai-switch.module.js';
import { CreditsModule } from '../../credits/credits.module.js';
import { GatewayModule } from '../gateway/gateway.module.js';
import { AnswerCredits } from './answer-credits.service.js';

/** What answers cost the people who ask. */
@Module({
  imports: [AiSwitchModule, CreditsModule, GatewayModule],
  providers: [AnswerCredits],
  exports: [AnswerCredits],
})
export class AnswerCreditsModule {}

import { Module } from '@nestjs/common';
import { answerPrices } from '../../../../config/policy/assistants/answer-credits.js';
import { AiSwitchModule } from '../../ai-switch/ai-switch.module.js';
import { UsageModule } from '../../usage/usage.module.js';
import { AiCallsRepository } from './ai-calls.repository.js';
import { AiGateway } from './ai-gateway.service.js';
import { CallBudget } from './call-budget.js';
import { CallLimits } from './call-limits.js';
import { CallOutcomes } from './call-outcomes.js';
import { CallPictures } from './pictures/call-pictures.js';
import { CallReservations } from './call-reservations.js';
import { CallSettlement } from './call-settlement.js';
import { CallsSweep } from './calls-sweep.js';
import { ANSWER_PRICES, PricedModels } from './priced-models.js';
import { RunningCalls } from './running-calls.js';

/** The one way to a language model. */
@Module({
  imports: [AiSwitchModule, UsageModule],
  providers: [
    AiGateway,
    CallLimits,
    CallBudget,
    CallReservations,
    CallPictures,
    CallSettlement,
    CallOutcomes,
    PricedModels,
    { provide: ANSWER_PRICES, useValue: answerPrices },
    RunningCalls,
    AiCallsRepository,
    CallsSweep,
  ],
  exports: [AiGateway, CallBudget, PricedModels],
})
export class GatewayModule {}

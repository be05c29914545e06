import { Module } from '@nestjs/common';
import { AuditModule } from '../../audit/audit.module.js';
import { AnswerCreditsModule } from '../credits/answer-credits.module.js';
import { GatewayModule } from '../gateway/gateway.module.js';
import { AdminAgentsController } from './admin/admin-agents.controller.js';
import { AdminAgentsService } from './admin/admin-agents.service.js';
import { AgentVersionsRepository } from './admin/agent-versions.repository.js';
import { AgentAnswers } from './agent-answers.service.js';
import { AgentsController } from './agents.controller.js';
import { AgentsRepository } from './agents.repository.js';
import { AgentsService } from './agents.service.js';
import { GuideAgent } from './guide-agent.js';
import { KnowledgeController } from './knowledge/knowledge.controller.js';
import { KnowledgeRepository } from './knowledge/knowledge.repository.js';
import { KnowledgeService } from './knowledge/knowledge.service.js';

/** Agents: who answers, from which instructions and which knowledge. */
@Module({
  imports: [AuditModule, AnswerCreditsModule, GatewayModule],
  controllers: [AgentsController, AdminAgentsController, KnowledgeController],
  providers: [
    AgentsService,
    AgentsRepository,
    AgentAnswers,
    GuideAgent,
    AdminAgentsService,
    AgentVersionsRepository,
    KnowledgeService,
    KnowledgeRepository,
  ],
  exports: [AgentsService],
})
export class AgentsModule {}

import { Module } from '@nestjs/common';
import { GuardsModule } from '../../../guards/guards.module.js';
import { AgentsModule } from '../agents/agents.module.js';
import { VisitorsController } from './visitors.controller.js';
import { VisitorsPurge } from './visitors.purge.js';
import { VisitorsRepository } from './visitors.repository.js';
import { VisitorsService } from './visitors.service.js';

/** Visitors of a site, who have no account. */
@Module({
  imports: [AgentsModule, GuardsModule],
  controllers: [VisitorsController],
  providers: [VisitorsService, VisitorsRepository, VisitorsPurge],
})
export class VisitorsModule {}

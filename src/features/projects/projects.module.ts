import { Module } from '@nestjs/common';
import { UsersModule } from '../users/users.module.js';
import { ProjectsController } from './projects.controller.js';
import { StorageModule } from '../storage/storage.module.js';
import { ProjectRemovals } from './project-removals.js';
import { ProjectsRepository } from './projects.repository.js';
import { ProjectsService } from './projects.service.js';

@Module({
  imports: [StorageModule, UsersModule],
  controllers: [ProjectsController],
  providers: [ProjectsService, ProjectsRepository, ProjectRemovals],
})
export class ProjectsModule {}

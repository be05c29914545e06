import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { projectPolicy } from '../../../config/policy/generations/projects.js';
import type { Transaction } from '../../database/database.js';
import { JobQueue, type Job } from '../../ports/job-queue.js';
import { inBatches } from '../../tasks/in-batches.js';
import { ProjectsRepository } from './projects.repository.js';
import { Background } from '../../tasks/background.js';

const queueName = 'project_removal';

/** Detaches the generations of deleted projects in batches, then removes the projects. A killed worker's job is retried. */
@Background()
@Injectable()
export class ProjectRemovals implements OnApplicationBootstrap {
  constructor(
    private readonly queue: JobQueue,
    private readonly projects: ProjectsRepository,
  ) {}

  enqueue(tx: Transaction, projectId: string): Promise<void> {
    return this.queue.enqueue(tx, queueName, projectId);
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.queue.work(queueName, 1, (job) => this.run(job));
  }

  private async run({ id, signal }: Job): Promise<void> {
    await inBatches(
      projectPolicy.detachBatch,
      () => this.projects.detach(id, projectPolicy.detachBatch),
      signal,
    );
    signal.throwIfAborted();
    await this.projects.removeDeleted(id);
  }
}

import { Injectable } from '@nestjs/common';
import { Problem } from '../../errors/problem.js';
import type { Caller } from '../../guards/caller.js';
import { Database } from '../../ports/database.js';
import { JobQueue } from '../../ports/job-queue.js';
import { Random } from '../../ports/random.js';
import { CreditsService } from '../credits/credits.service.js';
import { ModelsService } from '../models/models.service.js';
import { StorageRemovals } from '../storage/storage-removals.js';
import type { Generation } from './generation.js';
import { GenerationsRepository } from './generations.repository.js';

export interface GenerationOrder {
  readonly modelId: string;
  readonly prompt: string;
  readonly negativePrompt: string | null;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** What a person may do with generations. Another person's id does not exist. */
@Injectable()
export class GenerationsService {
  constructor(
    private readonly database: Database,
    private readonly generations: GenerationsRepository,
    private readonly models: ModelsService,
    private readonly credits: CreditsService,
    private readonly removals: StorageRemovals,
    private readonly queue: JobQueue,
    private readonly random: Random,
  ) {}

  /**
   * Row, reserved credits and job commit together: an accepted generation is never lost and never free.
   * @throws Problem `model_unknown`, `validation_failed`, `credits_insufficient`
   */
  async accept(caller: Caller, order: GenerationOrder): Promise<Generation> {
    const model = this.models.require(order.modelId);
    const parameters = this.models.readParameters(model, order.parameters);
    if (order.prompt.trim() === '') {
      throw new Problem('validation_failed', {
        errors: [{ field: 'prompt', code: 'blank', message: 'prompt must say something' }],
      });
    }
    const id = this.random.timeOrderedUuid();
    return this.database.transaction(async (tx) => {
      await this.credits.reserve(tx, caller.userId, id, model.creditsCost);
      const generation = await this.generations.add(tx, caller, {
        ...order,
        id,
        parameters,
        creditsCost: model.creditsCost,
      });
      await this.queue.enqueue(tx, 'generation', id);
      return generation;
    });
  }

  /** @throws Problem `not_found` */
  async get(caller: Caller, id: string): Promise<Generation> {
    const generation = await this.generations.find(caller, id);
    if (generation === null) throw new Problem('not_found');
    return generation;
  }

  async list(
    caller: Caller,
    limit: number,
    cursor: string | null,
  ): Promise<{ page: Generation[]; nextCursor: string | null }> {
    // One more than asked for tells whether there is a next page.
    const found = await this.generations.list(caller, limit + 1, cursor);
    const page = found.slice(0, limit);
    return { page, nextCursor: found.length > limit ? (page.at(-1)?.id ?? null) : null };
  }

  /** @throws Problem `not_found`, `generation_running` */
  async remove(caller: Caller, id: string): Promise<void> {
    const removed = await this.database.transaction(async (tx) => {
      const keys = await this.generations.remove(tx, caller, id);
      if (keys !== null) await this.removals.request(tx, id, keys);
      return keys !== null;
    });
    if (removed) return;
    await this.get(caller, id);
    throw new Problem('generation_running');
  }
}

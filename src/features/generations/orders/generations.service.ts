import { Injectable } from '@nestjs/common';
import { pageOf, rowsOf, type Page, type PageRequest } from '../../../database/page.js';
import { Problem } from '../../../errors/problem.js';
import type { Caller } from '../../../guards/route/caller.js';
import type { Generation } from '../generation.js';
import { JobsRepository } from '../jobs/jobs.repository.js';
import {
  GenerationsRepository,
  type GenerationCount,
  type GenerationFilter,
} from './generations.repository.js';

/** Generations of the caller. The id of another account's generation is `not_found`. */
@Injectable()
export class GenerationsService {
  constructor(
    private readonly generations: GenerationsRepository,
    private readonly jobs: JobsRepository,
  ) {}

  /** @throws Problem `not_found` */
  async get(caller: Caller, id: string): Promise<Generation> {
    const generation = await this.generations.find(caller, id);
    if (generation === null) throw new Problem('not_found');
    return generation;
  }

  /** What an order under an idempotency key has made. @throws Problem `idempotency_effect_deleted` */
  async repeated(caller: Caller, id: string): Promise<Generation> {
    const generation = await this.generations.find(caller, id);
    if (generation === null) throw new Problem('idempotency_effect_deleted');
    return generation;
  }

  async list(caller: Caller, filter: GenerationFilter, page: PageRequest): Promise<Page<Generation>> {
    return pageOf(await this.generations.list(caller, filter, rowsOf(page), page.cursor), page);
  }

  stats(caller: Caller): Promise<GenerationCount[]> {
    return this.generations.stats(caller);
  }

  /** @throws Problem `not_found` */
  async setFavorite(caller: Caller, id: string, favorite: boolean): Promise<Generation> {
    if (!(await this.generations.setFavorite(caller, id, favorite))) throw new Problem('not_found');
    return this.get(caller, id);
  }

  /** Number of unfinished generations of all accounts by state, as `generations_<status>`: for operators. */
  unfinished(): Promise<Readonly<Record<string, number>>> {
    return this.jobs.unfinished();
  }
}

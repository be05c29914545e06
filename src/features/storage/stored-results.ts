import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../database/database.js';
import { Random } from '../../ports/random.js';
import { FilesRepository, type NewResult } from './files.repository.js';

/** The result files of generations. */
@Injectable()
export class StoredResults {
  constructor(
    private readonly files: FilesRepository,
    private readonly random: Random,
  ) {}

  /** Adds files, in their order, within the transaction that completes the generation. */
  add(
    tx: Transaction,
    userId: string,
    generationId: string,
    results: readonly Omit<NewResult, 'id' | 'position'>[],
  ): Promise<void> {
    const files = results.map((one, position) => ({ ...one, id: this.random.timeOrderedUuid(), position }));
    return this.files.addResults(tx, userId, generationId, files);
  }
}

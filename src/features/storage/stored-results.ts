import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../database/database.js';
import { FilesRepository, type NewResult } from './files.repository.js';

/** The result files of generations. */
@Injectable()
export class StoredResults {
  constructor(private readonly files: FilesRepository) {}

  /** Adds files within the transaction that completes the generation. */
  add(tx: Transaction, userId: string, generationId: string, results: readonly NewResult[]): Promise<void> {
    return this.files.addResults(tx, userId, generationId, results);
  }
}

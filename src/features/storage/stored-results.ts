import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../database/database.js';
import { FilesRepository, type NewResult } from './files.repository.js';

/** The files that generations leave behind. */
@Injectable()
export class StoredResults {
  constructor(private readonly files: FilesRepository) {}

  /** Within the transaction that completes the generation. */
  add(tx: Transaction, userId: string, generationId: string, results: readonly NewResult[]): Promise<void> {
    return this.files.addResults(tx, userId, generationId, results);
  }
}

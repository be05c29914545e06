import { Injectable } from '@nestjs/common';
import { accountDeletionPolicy } from '../../../../config/policy/privacy/deletion.js';
import type { EraserName, Erasure, PersonalSubject, PersonalTable } from '../../../database/personal-data.js';
import { AccountFilesService } from '../../storage/removal/account-files.service.js';
import { AccountUsageService } from '../../usage/account-usage.service.js';
import { DataExportRemoval } from '../export/data-export-removal.js';
import { personalTables } from '../personal-tables.js';
import { ErasureRepository, type LeftRows } from './erasure.repository.js';

const { batch, countAtMost } = accountDeletionPolicy;

/** Takes a person out of every table that is declared, and out of the storage. Each batch may be the last of a killed process. */
@Injectable()
export class PersonErasure {
  constructor(
    private readonly rows: ErasureRepository,
    private readonly files: AccountFilesService,
    private readonly usage: AccountUsageService,
    private readonly exports: DataExportRemoval,
  ) {}

  /** `afterBatch`: rejects when it is not to go on. @throws the storage's error */
  async eraseAll(
    subject: PersonalSubject,
    signal: AbortSignal,
    afterBatch: () => Promise<void>,
  ): Promise<void> {
    for (const table of personalTables)
      for (const erasure of table.erased) {
        let taken: number;
        do {
          signal.throwIfAborted();
          taken = await this.eraseBatch(table, erasure, subject, signal);
          await afterBatch();
        } while (taken > 0);
      }
  }

  /** What is left of the person, with the rows that go with the account. */
  left(subject: PersonalSubject): Promise<readonly LeftRows[]> {
    return this.rows.left(personalTables, subject, countAtMost);
  }

  private async eraseBatch(
    table: PersonalTable,
    erasure: Erasure,
    subject: PersonalSubject,
    signal: AbortSignal,
  ): Promise<number> {
    return erasure.how === 'eraser'
      ? this.eraseBy(erasure.name, subject.userId, signal)
      : this.rows.erase(table, erasure, subject, batch);
  }

  private async eraseBy(name: EraserName, userId: string, signal: AbortSignal): Promise<number> {
    switch (name) {
      case 'exports':
        return this.exports.erase(userId, batch);
      case 'files':
        return this.files.eraseFiles(userId, batch);
      case 'uploads':
        return this.files.eraseUploads(userId, batch);
      case 'usage':
        return this.usage.disown(userId, batch);
      case 'objects':
        await this.files.removeObjects(userId, signal);
        return 0;
    }
  }
}

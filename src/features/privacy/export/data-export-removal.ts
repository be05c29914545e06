import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.js';
import { StorageRemovals } from '../../storage/removal/storage-removals.js';
import { DataExportsRepository } from './data-exports.repository.js';

/** Deletes exports: their rows at once, their objects by the queue. */
@Injectable()
export class DataExportRemoval {
  constructor(
    private readonly database: Database,
    private readonly exports: DataExportsRepository,
    private readonly removals: StorageRemovals,
  ) {}

  /** At most `atMost`; returns how many. */
  removeExpired(atMost: number): Promise<number> {
    return this.remove('expired', atMost, null);
  }

  /** The same of an account that is erased, which waits for the removal of the objects. */
  erase(userId: string, atMost: number): Promise<number> {
    return this.remove({ of: userId }, atMost, userId);
  }

  private remove(
    which: { readonly of: string } | 'expired',
    atMost: number,
    erasedUserId: string | null,
  ): Promise<number> {
    return this.database.transaction(async (tx) => {
      const { ids, keys } = await this.exports.remove(tx, which, atMost);
      const [first] = ids;
      if (first !== undefined) await this.removals.request(tx, first, keys, erasedUserId);
      return ids.length;
    });
  }
}

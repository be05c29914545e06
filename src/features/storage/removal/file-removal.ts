import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.js';
import { UsersService } from '../../users/users.service.js';
import { RemovableFilesRepository } from './removable-files.repository.js';
import { StorageRemovals } from './storage-removals.js';

/** Deletes files: their rows at once, their objects after the commit, and none that a running generation uses. */
@Injectable()
export class FileRemoval {
  constructor(
    private readonly database: Database,
    private readonly files: RemovableFilesRepository,
    private readonly users: UsersService,
    private readonly removals: StorageRemovals,
  ) {}

  /** Deletes files of one account; returns how many. `isErased`: the account goes, and waits for the removal of the objects. */
  remove(
    userId: string,
    ids: readonly string[],
    { isErased = false }: { readonly isErased?: boolean } = {},
  ): Promise<number> {
    return this.database.transaction(async (tx) => {
      // While the account is locked, no generation is accepted for it: a file unused now stays so until the commit.
      await this.users.lock(tx, userId);
      await this.files.holdGenerations(tx, userId, ids);
      const removed = await this.files.remove(tx, userId, ids);
      const [first] = removed;
      if (first !== undefined)
        await this.removals.request(
          tx,
          first.id,
          removed.map(({ objectKey }) => objectKey),
          isErased ? userId : null,
        );
      return removed.length;
    });
  }
}

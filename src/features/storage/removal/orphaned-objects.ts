import { Injectable } from '@nestjs/common';
import { orphanedObjectsPolicy } from '../../../../config/policy/generations/storage.js';
import { Log } from '../../../observability/log.js';
import { Clock } from '../../../ports/clock.js';
import { ObjectStorage } from '../../../ports/object-storage.js';
import { RemovableFilesRepository } from './removable-files.repository.js';
import type { Sweep } from './sweep.js';

const { ageSeconds, batch, folders, removedAtMost } = orphanedObjectsPolicy;

/**
 * Objects that were stored and of which no row speaks: of a fetch that was killed before its commit, of an account that
 * was deleted. An object is removed when it was old before its row was looked for, so nothing that is being written goes.
 */
@Injectable()
export class OrphanedObjects implements Sweep {
  readonly name = 'orphaned_objects';
  readonly everySeconds = orphanedObjectsPolicy.everySeconds;

  constructor(
    private readonly files: RemovableFilesRepository,
    private readonly storage: ObjectStorage,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  async run(signal: AbortSignal): Promise<void> {
    let removed = 0;
    try {
      for await (const keys of this.oldKeys(signal)) {
        const orphans = (await this.files.unspoken(keys)).slice(0, removedAtMost - removed);
        signal.throwIfAborted();
        await this.storage.remove(orphans);
        removed += orphans.length;
        if (removed >= removedAtMost) break;
      }
    } finally {
      if (removed > 0) this.log.info('objects that no row speaks of were removed', { count: removed });
    }
    if (removed >= removedAtMost)
      this.log.warn('very many objects have no row: do this database and this storage belong together?');
  }

  /** Keys of objects that are old enough, so many at a time. */
  private async *oldKeys(signal: AbortSignal): AsyncGenerator<string[]> {
    const before = this.clock.now() - ageSeconds * 1000;
    for (const folder of folders) {
      let keys: string[] = [];
      for await (const { key, storedAt } of this.storage.objects(folder)) {
        signal.throwIfAborted();
        // A time that cannot be read is not an old one.
        if (!(storedAt.getTime() < before)) continue;
        keys.push(key);
        if (keys.length < batch) continue;
        yield keys;
        keys = [];
      }
      if (keys.length > 0) yield keys;
    }
  }
}

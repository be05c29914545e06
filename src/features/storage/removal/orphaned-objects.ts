import { Injectable } from '@nestjs/common';
import { orphanedObjectsPolicy } from '../../../../config/policy/generations/storage.js';
import { Log } from '../../../observability/log.js';
import { Clock } from '../../../ports/clock.js';
import { ObjectStorage } from '../../../ports/object-storage.js';
import { isOldObject } from './orphans.js';
import { RemovableFilesRepository } from './removable-files.repository.js';
import type { Sweep } from './sweep.js';

const { batch, folders, removedAtMost } = orphanedObjectsPolicy;

/**
 * Removes stored objects without a row: left by a crash before a commit, or by a deleted account. Only an object that
 * was old before its row was looked up is removed, so none that is being written.
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

  /** Keys of objects that are old enough, in batches. */
  private async *oldKeys(signal: AbortSignal): AsyncGenerator<string[]> {
    const now = this.clock.now();
    for (const folder of folders) {
      let keys: string[] = [];
      for await (const entry of this.storage.objects(folder)) {
        signal.throwIfAborted();
        if (!isOldObject(entry, now)) continue;
        keys.push(entry.key);
        if (keys.length < batch) continue;
        yield keys;
        keys = [];
      }
      if (keys.length > 0) yield keys;
    }
  }
}

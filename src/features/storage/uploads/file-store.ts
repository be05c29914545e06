import { Injectable } from '@nestjs/common';
import { Log } from '../../../observability/log.js';
import { ObjectStorage } from '../../../ports/object-storage.js';
import { Random } from '../../../ports/random.js';
import type { PreparedFile } from './file-intake.js';
import type { NewUpload } from './uploads.repository.js';

/** Puts prepared files into the object storage, before their rows: what a crash leaves in between is swept as an orphan. */
@Injectable()
export class FileStore {
  constructor(
    private readonly storage: ObjectStorage,
    private readonly random: Random,
    private readonly log: Log,
  ) {}

  /** @throws StorageUnavailable */
  async put(id: string, fileName: string, prepared: PreparedFile): Promise<NewUpload> {
    const { contentType, extension, width, height, bytes, sha256, isScanned, body } = prepared;
    // Of its own: of two requests that finish the same upload, one may replace nothing of the other.
    const objectKey = `uploads/${id}/${this.random.uuid()}.${extension}`;
    await this.storage.put(objectKey, body(), contentType);
    return { id, fileName, objectKey, contentType, width, height, bytes, sha256, isScanned };
  }

  /** What cannot be removed now is removed by the sweep of orphaned objects. */
  async discard(keys: readonly string[]): Promise<void> {
    await this.storage.remove(keys).catch((cause: unknown) => {
      this.log.debug('objects of an upload were left to the sweep', { cause });
    });
  }
}

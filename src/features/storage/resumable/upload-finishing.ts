import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.js';
import { Problem } from '../../../errors/problem.js';
import type { Caller } from '../../../guards/route/caller.js';
import type { ClientContext } from '../../../network/client-context.js';
import { ObjectStorage } from '../../../ports/object-storage.js';
import { TemporaryFiles, type TemporaryFile } from '../../../ports/uploads/temporary-files.js';
import { StorageRemovals } from '../removal/storage-removals.js';
import { UploadsRepository, type NewUpload } from '../uploads/uploads.repository.js';
import { UploadsService } from '../uploads/uploads.service.js';
import { ResumableRepository, type ResumableUpload } from './resumable.repository.js';
import { ResumableService } from './resumable.service.js';

/** Puts the parts of an upload together and passes the whole through the pipeline of every file. */
@Injectable()
export class UploadFinishing {
  constructor(
    private readonly database: Database,
    private readonly resumable: ResumableService,
    private readonly uploads: ResumableRepository,
    private readonly files: UploadsRepository,
    private readonly pipeline: UploadsService,
    private readonly temporary: TemporaryFiles,
    private readonly storage: ObjectStorage,
    private readonly removals: StorageRemovals,
  ) {}

  /**
   * `last`: the bytes that are not kept yet. A file that is refused for good takes the upload with it; after any other failure it stands
   * where it stood.
   * @throws Problem `object_gone`, `upload_offset_conflict`; what `UploadsService.keep` throws
   */
  async finish(caller: Caller, client: ClientContext, upload: ResumableUpload, last: Buffer): Promise<void> {
    const file = await this.temporary.open();
    try {
      await this.assemble(upload, last, file);
      const { id, fileName: name, declaredType } = upload;
      await this.pipeline.keep(client, id, { name, declaredType, file }, (stored) =>
        this.store(caller, upload, stored),
      );
    } catch (error) {
      if (error instanceof Problem && permanent.has(error.code)) {
        // Another request stored it meanwhile, and took its parts.
        if ((await this.uploads.find(caller, upload.id))?.isStored === true)
          throw new Problem('upload_offset_conflict');
        await this.resumable.remove(caller, upload.id);
      }
      throw error;
    } finally {
      await file.close();
    }
  }

  private async assemble({ id, bytes }: ResumableUpload, last: Buffer, file: TemporaryFile): Promise<void> {
    for (const part of await this.uploads.parts(id)) {
      const stream = await this.storage.read(part.objectKey);
      if (stream === null) throw new Problem('object_gone');
      for await (const piece of stream as AsyncIterable<Buffer>) await file.append(piece);
    }
    await file.append(last);
    // A part was cut or replaced in the storage.
    if (file.bytes !== bytes) throw new Problem('object_gone');
  }

  /** One transaction: the file is listed, and the upload holds nothing any more. */
  private store(caller: Caller, upload: ResumableUpload, stored: NewUpload): Promise<Date | null> {
    return this.database.transaction(async (tx) => {
      const finished = await this.uploads.finish(tx, caller, upload, stored.bytes);
      if (finished === 'quota') return null;
      if (finished === 'conflict') throw new Problem('upload_offset_conflict');
      await this.removals.request(tx, upload.id, finished);
      return this.files.addWithin(tx, caller, stored);
    });
  }
}

/** Codes that the same bytes get again. */
const permanent: ReadonlySet<string> = new Set([
  'file_name_refused',
  'file_type_refused',
  'file_refused',
  'file_infected',
  'storage_quota_exceeded',
  'object_gone',
]);

import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../../config/config.js';
import { uploadPolicy } from '../../../../config/policy/generations/uploads.js';
import { Problem } from '../../../errors/problem.js';
import type { Caller } from '../../../guards/route/caller.js';
import type { ClientContext } from '../../../network/client-context.js';
import { Random } from '../../../ports/random.js';
import { TemporaryFiles, type TemporaryFile } from '../../../ports/uploads/temporary-files.js';
import type { StoredFile } from '../file.js';
import { FileIntake } from './file-intake.js';
import { fileNameOf } from './file-name.js';
import { FileStore } from './file-store.js';
import type { ReceivedFile } from './received-file.js';
import { UploadFailures } from './upload-failures.js';
import { UploadPlaces } from './upload-places.js';
import { UploadsRepository, type NewUpload } from './uploads.repository.js';

/** Writes the bytes of a file as they come, and returns what the client says of it. */
export type ReadFile = (file: TemporaryFile) => Promise<Omit<ReceivedFile, 'file'>>;

/** Uploads in one request: received into a temporary file, inspected, then stored with its row. */
@Injectable()
export class UploadsService {
  constructor(
    private readonly places: UploadPlaces,
    private readonly temporary: TemporaryFiles,
    private readonly intake: FileIntake,
    private readonly store: FileStore,
    private readonly uploads: UploadsRepository,
    private readonly failures: UploadFailures,
    private readonly random: Random,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * `atLeast`: bytes that are announced; nothing is read for what the quota has no room for.
   * @throws Problem `uploads_disabled`, `uploads_exceeded`, `storage_quota_exceeded`, `file_name_refused`, `file_type_refused`,
   *   `file_refused`, `file_infected`, `unavailable`; what `read` throws
   */
  async receive(caller: Caller, client: ClientContext, atLeast: number, read: ReadFile): Promise<StoredFile> {
    if (!this.config.uploads.enabled) throw new Problem('uploads_disabled');
    return this.places.run(caller.userId, async () => {
      if (!(await this.uploads.hasRoom(caller, Math.max(1, atLeast)))) throw this.failures.overQuota(client);
      const file = await this.temporary.open();
      try {
        const received = { ...(await this.failures.receive(client, () => read(file))), file };
        const id = this.random.timeOrderedUuid();
        return await this.keep(client, id, received, (upload) => this.uploads.add(caller, upload));
      } finally {
        await file.close();
      }
    });
  }

  /**
   * Inspects and stores a file that has come. `add` adds its row, and returns null when the quota has no room.
   * @throws as `receive`
   */
  async keep(
    client: ClientContext,
    id: string,
    received: ReceivedFile,
    add: (upload: NewUpload) => Promise<Date | null>,
  ): Promise<StoredFile> {
    return this.failures.explain(client, async () => {
      const signal = AbortSignal.timeout(uploadPolicy.finishMs);
      const fileName = fileNameOf(received.name);
      const upload = await this.store.put(id, fileName, await this.intake.prepare(received, signal));
      // After an error that is no refusal the row may have been committed, and would need its object.
      const createdAt = await add(upload).catch(async (error: unknown) => {
        if (error instanceof Problem) await this.store.discard([upload.objectKey]);
        throw error;
      });
      if (createdAt !== null)
        return {
          ...upload,
          kind: 'upload',
          generationId: null,
          isQuarantined: !upload.isScanned,
          createdAt,
          expiresAt: null,
        };
      await this.store.discard([upload.objectKey]);
      throw this.failures.overQuota(client);
    });
  }
}

import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../../config/config.js';
import { Database } from '../../../database/database.js';
import { Problem } from '../../../errors/problem.js';
import type { Caller } from '../../../guards/route/caller.js';
import type { ClientContext } from '../../../network/client-context.js';
import { Random } from '../../../ports/random.js';
import { StorageRemovals } from '../removal/storage-removals.js';
import { fileNameOf } from '../uploads/file-name.js';
import { InspectionService } from '../uploads/inspection.service.js';
import { UploadFailures } from '../uploads/upload-failures.js';
import { ResumableRepository, type ResumableUpload } from './resumable.repository.js';
import type { UploadMetadata } from './upload-metadata.js';

/** Uploads in several requests: begun, asked for, given up. */
@Injectable()
export class ResumableService {
  constructor(
    private readonly database: Database,
    private readonly uploads: ResumableRepository,
    private readonly inspection: InspectionService,
    private readonly failures: UploadFailures,
    private readonly removals: StorageRemovals,
    private readonly random: Random,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Holds the bytes of a file in the quota.
   * @throws Problem `uploads_disabled`, `body_too_large`, `file_name_refused`, `file_type_refused`, `storage_quota_exceeded`,
   *   `uploads_exceeded`
   */
  async create(
    caller: Caller,
    client: ClientContext,
    bytes: number,
    { name, declaredType }: UploadMetadata,
  ): Promise<Pick<ResumableUpload, 'id' | 'expiresAt'>> {
    if (!this.config.uploads.enabled) throw new Problem('uploads_disabled');
    if (bytes > this.config.uploads.maxFileBytes) throw new Problem('body_too_large');
    const fileName = await this.failures.explain(client, () => {
      this.inspection.requireAllowed(name, declaredType);
      return Promise.resolve(fileNameOf(name));
    });
    const id = this.random.timeOrderedUuid();
    const created = await this.uploads.create(caller, { id, fileName, declaredType, bytes });
    if (created === 'quota') throw this.failures.overQuota(client);
    if (created === 'too_many') throw new Problem('uploads_exceeded', { headers: { 'retry-after': '30' } });
    return { id, expiresAt: created };
  }

  /** @throws Problem `not_found` */
  async get(caller: Caller, id: string): Promise<ResumableUpload> {
    const upload = await this.uploads.find(caller, id);
    if (upload === null) throw new Problem('not_found');
    return upload;
  }

  /** Gives up what is unfinished; a file that is stored stays. @throws Problem `not_found` */
  async remove(caller: Caller, id: string): Promise<void> {
    await this.get(caller, id);
    await this.database.transaction(async (tx) => {
      await this.removals.request(tx, id, await this.uploads.remove(tx, caller.userId, [id]));
    });
  }
}

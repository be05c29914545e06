import { Injectable } from '@nestjs/common';
import { buffer } from 'node:stream/consumers';
import { chatPolicy } from '../../../../../config/policy/assistants/chat.js';
import { Problem } from '../../../../errors/problem.js';
import type { Caller } from '../../../../guards/route/caller.js';
import { Log } from '../../../../observability/log.js';
import type { ModelImage } from '../../../../ports/assistants/language-model.js';
import { ObjectStorage } from '../../../../ports/object-storage.js';
import type { PictureSource } from '../../gateway/ai-call.js';
import { FilesService } from '../../../storage/files.service.js';
import type { StoredFile } from '../../../storage/file.js';

const unreadable: ReadonlySet<string> = new Set(['not_found', 'file_quarantined']);
const mediaTypes: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/webp']);

/** Pictures that a question shows: files of whoever asks. */
@Injectable()
export class ChatAttachments {
  constructor(
    private readonly files: FilesService,
    private readonly storage: ObjectStorage,
    private readonly log: Log,
  ) {}

  /** @throws Problem `not_found` for a file that the caller has not, `file_quarantined` for one that no scanner has seen, `validation_failed` for one that is no picture or too large */
  async require(caller: Caller, ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      const { contentType, bytes } = await this.files.readable(caller, id);
      if (!mediaTypes.has(contentType) || bytes > chatPolicy.attachmentBytes)
        throw new Problem('validation_failed', {
          errors: [
            {
              field: 'attachments',
              code: 'unsupported',
              message: `must be pictures of at most ${chatPolicy.attachmentBytes} bytes`,
            },
          ],
        });
    }
  }

  /** For a model, which is shown those that are still there; null where there are none. @throws what the database throws */
  async find(caller: Caller, ids: readonly string[]): Promise<PictureSource | null> {
    const files: StoredFile[] = [];
    for (const id of ids) {
      const file = await this.files.readable(caller, id).catch((error: unknown) => {
        if (error instanceof Problem && unreadable.has(error.code)) return null;
        throw error;
      });
      if (file === null) this.goneOf(id);
      else files.push(file);
    }
    if (files.length === 0) return null;
    return {
      count: files.length,
      bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
      load: () => this.load(files),
    };
  }

  /** @throws StorageUnavailable */
  private async load(files: readonly StoredFile[]): Promise<readonly ModelImage[]> {
    const images: ModelImage[] = [];
    for (const { id, objectKey, contentType } of files) {
      const body = await this.storage.read(objectKey);
      if (body === null) this.goneOf(id);
      else images.push({ mediaType: contentType, bytes: await buffer(body) });
    }
    return images;
  }

  private goneOf(id: string): void {
    this.log.debug('an attachment is gone', { file_id: id });
  }
}

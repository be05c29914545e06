import { Injectable } from '@nestjs/common';
import { Problem } from '../../../errors/problem.js';
import type { Caller } from '../../../guards/route/caller.js';
import type { ClientContext } from '../../../network/client-context.js';
import { SecurityEvents } from '../../../observability/security-events.js';
import { ObjectStorage } from '../../../ports/object-storage.js';
import { Random } from '../../../ports/random.js';
import { FileStore } from '../uploads/file-store.js';
import { UploadPlaces } from '../uploads/upload-places.js';
import { uploadOffsetRefused, uploadTooSlow } from '../uploads/uploads.events.js';
import { PartBuffer } from './part-buffer.js';
import { ResumableRepository, type ResumableUpload } from './resumable.repository.js';
import { ResumableService } from './resumable.service.js';
import { UploadFinishing } from './upload-finishing.js';

export interface AppendRequest {
  /** Where the client says that it goes on. */
  readonly offset: number;
  /** Bytes of the request; null where they are not announced. */
  readonly announced: number | null;
  readonly body: AsyncIterable<Buffer>;
}

/**
 * Receives bytes of an unfinished upload. They are kept in parts as they come, also when the connection breaks; the last ones count only
 * with the file, so that a client that asks for the offset sends them again until it is stored or refused.
 */
@Injectable()
export class UploadAppending {
  constructor(
    private readonly resumable: ResumableService,
    private readonly uploads: ResumableRepository,
    private readonly finishing: UploadFinishing,
    private readonly storage: ObjectStorage,
    private readonly store: FileStore,
    private readonly places: UploadPlaces,
    private readonly events: SecurityEvents,
    private readonly random: Random,
  ) {}

  /**
   * Returns the new offset.
   * @throws Problem `not_found`, `upload_offset_conflict`, `body_too_large`, `uploads_exceeded`, `upload_fragmented`; when the file is
   *   whole, what `UploadsService.receive` throws; the error of the body, whose bytes until then are kept, and its `request_timeout`, at which
   *   those of the part that came are not
   */
  append(caller: Caller, client: ClientContext, id: string, request: AppendRequest): Promise<number> {
    return this.places.run(caller.userId, async () => {
      const upload = await this.resumable.get(caller, id);
      const { offset, announced } = request;
      if (offset !== upload.received) throw this.refused(client, 'upload_offset_conflict', 'offset');
      if (offset + (announced ?? 0) > upload.bytes) throw this.refused(client, 'body_too_large', 'length');
      if (upload.isStored) return upload.received;
      return this.receive(caller, client, upload, request.body);
    });
  }

  private async receive(
    caller: Caller,
    client: ClientContext,
    upload: ResumableUpload,
    body: AsyncIterable<Buffer>,
  ): Promise<number> {
    const part = new PartBuffer();
    let offset = upload.received;
    const keep = async (): Promise<void> => {
      const bytes = part.take();
      if (bytes.length === 0) return;
      await this.keep(caller, client, { ...upload, received: offset }, bytes);
      offset += bytes.length;
    };
    try {
      for await (const piece of body) {
        for (let rest = piece; rest.length > 0;) {
          rest = part.add(rest);
          if (offset + part.bytes > upload.bytes) throw this.refused(client, 'body_too_large', 'length');
          if (part.isFull && offset + part.bytes < upload.bytes) await keep();
        }
      }
    } catch (error) {
      // The connection broke.
      if (!(error instanceof Problem)) await keep();
      else if (error.code === 'request_timeout') uploadTooSlow(this.events, client);
      throw error;
    }
    if (offset + part.bytes < upload.bytes) {
      await keep();
      return offset;
    }
    await this.finishing.finish(caller, client, { ...upload, received: offset }, part.take());
    return upload.bytes;
  }

  private async keep(
    caller: Caller,
    client: ClientContext,
    upload: ResumableUpload,
    part: Buffer,
  ): Promise<void> {
    const objectKey = `uploads/${upload.id}/${this.random.uuid()}.part`;
    await this.storage.put(objectKey, part, 'application/octet-stream');
    if (await this.uploads.advance(caller, upload.id, upload.received, { objectKey, bytes: part.length }))
      return;
    await this.store.discard([objectKey]);
    const { received } = await this.resumable.get(caller, upload.id);
    throw received === upload.received
      ? this.refused(client, 'upload_fragmented', 'fragments')
      : this.refused(client, 'upload_offset_conflict', 'offset');
  }

  private refused(
    client: ClientContext,
    code: 'upload_offset_conflict' | 'body_too_large' | 'upload_fragmented',
    reason: 'offset' | 'length' | 'fragments',
  ): Problem {
    uploadOffsetRefused(this.events, client, reason);
    return new Problem(code);
  }
}

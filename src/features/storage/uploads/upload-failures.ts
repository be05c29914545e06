import { Injectable } from '@nestjs/common';
import { Problem, unavailable } from '../../../errors/problem.js';
import type { ClientContext } from '../../../network/client-context.js';
import { Log } from '../../../observability/log.js';
import { SecurityEvents } from '../../../observability/security-events.js';
import { ScannerUnavailable } from '../../../ports/uploads/malware-scanner.js';
import { PictureDecoderFailed } from '../../../ports/picture-decoder.js';
import { MediaBusy } from '../../media/media-busy.js';
import { FileRefused } from './file-refused.js';
import { problemOf } from './refusal-problem.js';
import { uploadOverQuota, uploadRefused, uploadTooSlow } from './uploads.events.js';

/** Says of a failed upload what its sender is told, and writes the event of a refused one. */
@Injectable()
export class UploadFailures {
  constructor(
    private readonly events: SecurityEvents,
    private readonly log: Log,
  ) {}

  /** @throws Problem `file_name_refused`, `file_type_refused`, `file_refused`, `file_infected`, `unavailable`; any other error of `work` */
  async explain<T>(client: ClientContext, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof FileRefused) {
        uploadRefused(this.events, client, error.refusal);
        throw problemOf(error.refusal, error);
      }
      if (error instanceof ScannerUnavailable) {
        this.log.warn('the malware scanner is away: uploads are refused', { cause: error });
        throw unavailable(error, 10);
      }
      const isBusy = error instanceof MediaBusy || error instanceof PictureDecoderFailed;
      const isLate = error instanceof Error && error.name === 'TimeoutError';
      throw isBusy || isLate ? unavailable(error) : error;
    }
  }

  /** Receives a body by `read`, and writes the event of one that comes too slowly. @throws what `read` throws */
  async receive<T>(client: ClientContext, read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (error) {
      if (error instanceof Problem && error.code === 'request_timeout') uploadTooSlow(this.events, client);
      throw error;
    }
  }

  overQuota(client: ClientContext): Problem {
    uploadOverQuota(this.events, client);
    return new Problem('storage_quota_exceeded');
  }
}

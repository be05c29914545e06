import { Injectable } from '@nestjs/common';
import { mediaPolicy } from '../../../../config/policy/generations/media.js';
import { Problem, unavailable } from '../../../errors/problem.js';
import type { Caller } from '../../../guards/route/caller.js';
import { Log } from '../../../observability/log.js';
import { ObjectStorage } from '../../../ports/object-storage.js';
import { Random } from '../../../ports/random.js';
import { PictureDecoderFailed } from '../../../ports/picture-decoder.js';
import { RemoteFileError } from '../../../ports/remote-files.js';
import { MediaIntake } from '../../media/media-intake.js';
import { MediaBusy } from '../../media/media-busy.js';
import { MediaRefused } from '../../../ports/media-refused.js';
import { InspectionService } from '../../storage/uploads/inspection.service.js';
import type { OrderedReference } from './order.js';
import type { StoredReference } from './acceptance.repository.js';

/** Decodes, re-encodes and stores reference images before credits are reserved; unused ones are removed again. */
@Injectable()
export class ReferenceImages {
  /** Running requests by account: bounded by the semaphore's places and its queue. */
  private readonly busy = new Map<string, number>();

  constructor(
    private readonly intake: MediaIntake,
    private readonly inspection: InspectionService,
    private readonly storage: ObjectStorage,
    private readonly random: Random,
    private readonly log: Log,
  ) {}

  /** @throws Problem `references_exceeded`, `file_infected`, `reference_refused`, `reference_too_large`, `reference_unreachable`, `unavailable` */
  async store(caller: Caller, source: OrderedReference): Promise<StoredReference> {
    const mine = this.busy.get(caller.userId) ?? 0;
    if (mine >= mediaPolicy.references.perUser)
      throw new Problem('references_exceeded', { headers: { 'retry-after': '5' } });
    this.busy.set(caller.userId, mine + 1);
    const fileId = this.random.timeOrderedUuid();
    const signal = AbortSignal.timeout(mediaPolicy.reference.timeoutMs);
    try {
      const { client, name = '', declaredType = '' } = source;
      const stored = await this.intake.storeReference(source, `references/${fileId}`, signal, (received) =>
        this.inspection.inspectPicture(client, received, { name, declaredType }, signal),
      );
      return { fileId, ...stored };
    } catch (error) {
      throw signal.aborted ? unavailable(error) : asProblem(error);
    } finally {
      const left = (this.busy.get(caller.userId) ?? 1) - 1;
      if (left > 0) this.busy.set(caller.userId, left);
      else this.busy.delete(caller.userId);
    }
  }

  /** What cannot be removed now is removed by the sweep of orphaned objects. */
  async discard({ objectKey }: StoredReference): Promise<void> {
    await this.storage.remove([objectKey]).catch((cause: unknown) => {
      this.log.debug('a reference image was left to the sweep', { cause });
    });
  }
}

/** What is refused as a file is refused as a reference image; malware is named as such. */
const ofFiles: ReadonlySet<string> = new Set(['file_name_refused', 'file_type_refused', 'file_refused']);

function asProblem(error: unknown): unknown {
  if (error instanceof Problem && ofFiles.has(error.code))
    return new Problem('reference_refused', { cause: error });
  if (error instanceof MediaRefused)
    return new Problem(error.code === 'media_too_large' ? 'reference_too_large' : 'reference_refused', {
      cause: error,
    });
  if (error instanceof RemoteFileError)
    return new Problem(error.trouble === 'too_large' ? 'reference_too_large' : 'reference_unreachable', {
      cause: error,
    });
  return error instanceof MediaBusy || error instanceof PictureDecoderFailed ? unavailable(error) : error;
}

import { createHash } from 'node:crypto';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { generationConcurrency } from '../../../config/policy/queues.js';
import { Log } from '../../observability/log.js';
import { Clock } from '../../ports/clock.js';
import { Database } from '../../ports/database.js';
import {
  GenerationProvider,
  GenerationRefused,
  type GeneratedMedia,
} from '../../ports/generation-provider.js';
import { JobQueue, type Job } from '../../ports/job-queue.js';
import { ObjectStorage } from '../../ports/object-storage.js';
import { CreditsService } from '../credits/credits.service.js';
import { GenerationsRepository } from './generations.repository.js';

/** Milliseconds between two writes of progress: each is a commit and an announcement to every instance. */
const progressEveryMs = 100;
const extensions: Readonly<Record<string, string>> = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/webp': 'webp',
  'video/mp4': 'mp4',
};

/**
 * Works the queue: claim → paint → store → complete. Each step can be done again: a worker that is killed anywhere
 * leaves a generation that the next one finishes, under the same object key and with one entry in the ledger.
 */
@Injectable()
export class GenerationsWorker implements OnApplicationBootstrap {
  constructor(
    private readonly database: Database,
    private readonly generations: GenerationsRepository,
    private readonly provider: GenerationProvider,
    private readonly storage: ObjectStorage,
    private readonly credits: CreditsService,
    private readonly queue: JobQueue,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.queue.work('generation', generationConcurrency, (job) => this.run(job));
    // What ran out of tries ends as failed, and its credits go back.
    await this.queue.work('generation_dead', 1, ({ id }) => this.fail(id, 'generation_failed'));
  }

  private async run({ id, signal }: Job): Promise<void> {
    const generation = await this.generations.claim(id);
    if (generation === null) return;
    try {
      const media = await this.provider.generate(generation, signal, this.progressWriter(id));
      await this.complete(id, media);
    } catch (error) {
      if (!(error instanceof GenerationRefused)) throw error;
      this.log.warn('generation refused', { generation_id: id, code: error.code, cause: error });
      await this.fail(id, error.code);
    }
  }

  private async complete(id: string, media: GeneratedMedia): Promise<void> {
    const extension = extensions[media.contentType];
    if (extension === undefined) throw new GenerationRefused('media_type_refused');
    const objectKey = `generations/${id}/0.${extension}`;
    await this.storage.put(objectKey, media.bytes, media.contentType);
    await this.database.transaction(async (tx) => {
      const finished = await this.generations.finish(tx, id, 'completed', null);
      if (finished === null) return;
      const { contentType, width, height } = media;
      const sha256 = createHash('sha256').update(media.bytes).digest();
      await this.generations.addMedia(tx, id, {
        objectKey,
        contentType,
        width,
        height,
        bytes: media.bytes.byteLength,
        sha256,
      });
      await this.credits.commit(tx, finished.userId, id, finished.creditsCost);
    });
  }

  private async fail(id: string, code: string): Promise<void> {
    await this.database.transaction(async (tx) => {
      const finished = await this.generations.finish(tx, id, 'failed', code);
      if (finished !== null) await this.credits.release(tx, finished.userId, id, finished.creditsCost);
    });
  }

  private progressWriter(id: string): (percent: number) => void {
    let writtenAt = -Infinity;
    return (percent) => {
      const now = this.clock.now();
      if (now - writtenAt < progressEveryMs) return;
      writtenAt = now;
      // Progress that is not written is no harm; the next one may be.
      this.generations.advance(id, Math.min(99, Math.max(0, Math.floor(percent)))).catch((error: unknown) => {
        this.log.debug('progress not written', { generation_id: id, cause: error });
      });
    };
  }
}

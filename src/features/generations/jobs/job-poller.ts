import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../../config/config.js';
import { generationPolicy } from '../../../../config/policy/generations/generations.js';
import { Log } from '../../../observability/log.js';
import {
  GenerationProvider,
  GenerationRefused,
  type FailureCode,
  type ProviderJob,
} from '../../../ports/generation-provider.js';
import { ObjectStorage } from '../../../ports/object-storage.js';
import { RemoteFileError } from '../../../ports/remote-files.js';
import { MediaIntake, type StoredMedia } from '../../media/media-intake.js';
import { MediaRefused } from '../../../ports/media-refused.js';
import { ModelsService } from '../../models/models.service.js';
import { InstanceStopping } from '../../../tasks/shutdown.js';
import type { Job } from './job.js';
import { JobsRepository } from './jobs.repository.js';
import { retrySeconds } from './retry.js';
import { Settlement } from './settlement.js';

/**
 * Polls submitted jobs at the provider, and fetches and stores their results. Each step is idempotent: after a crash at
 * any point, the next worker takes the row, writes the same object keys and at most one ledger entry.
 */
@Injectable()
export class JobPoller {
  /** Hosts from which results may be fetched. */
  private readonly hosts: readonly string[];

  constructor(
    @Inject(CONFIG) { generation }: Config,
    private readonly provider: GenerationProvider,
    private readonly models: ModelsService,
    private readonly intake: MediaIntake,
    private readonly storage: ObjectStorage,
    private readonly jobs: JobsRepository,
    private readonly settlement: Settlement,
    private readonly log: Log,
  ) {
    this.hosts = generation.provider === 'fal' ? generation.mediaHosts : [];
  }

  async poll(job: Job, signal: AbortSignal): Promise<void> {
    try {
      if (job.status === 'processing' && job.providerReference !== null)
        await this.pollProvider(job, { modelId: job.modelId, reference: job.providerReference }, signal);
      else await this.pollUnsubmitted(job);
    } catch (error) {
      await this.onFailure(job, error, signal);
    }
  }

  /** Jobs without a known reference at the provider. */
  private async pollUnsubmitted(job: Job): Promise<void> {
    const { id, modelId, status } = job;
    if (isOver(job)) {
      await this.giveUp(job, status === 'queued' ? 'provider_unavailable' : 'provider_timeout');
      return;
    }
    if (status !== 'submitting') return;
    const deadlineSeconds = this.models.find(modelId)?.deadlineSeconds ?? generationPolicy.queueSeconds;
    const reference = this.provider.findReference({ id, modelId });
    if (reference === null) await this.jobs.unknown(id, deadlineSeconds);
    else await this.jobs.submitted(id, reference, deadlineSeconds, 0);
  }

  private async pollProvider(job: Job, atProvider: ProviderJob, signal: AbortSignal): Promise<void> {
    if (job.cancelRequested && (await this.provider.cancel(atProvider, signal)) === 'cancelled') {
      await this.settlement.cancel(job);
      return;
    }
    const view = await this.provider.poll(atProvider, signal);
    switch (view.state) {
      case 'finished':
        // Also after the deadline: the result exists and has been paid for.
        await this.settlement.complete(job, await this.fetch(job, atProvider, signal));
        return;
      case 'failed':
        await this.settlement.fail(job, view.code);
        return;
      case 'absent':
        // A lost job is resubmitted: at once the first time, then with increasing delay.
        await this.settlement.putBack(job, job.attempts < 2 ? 0 : retrySeconds(job.attempts));
        return;
      case 'queued':
      case 'running':
        await this.resume(job, atProvider, view, signal);
    }
  }

  private async resume(
    job: Job,
    atProvider: ProviderJob,
    view: { readonly position?: number | null; readonly percent?: number | null },
    signal: AbortSignal,
  ): Promise<void> {
    if (isOver(job)) {
      // Cancelled at the provider to save its cost; the response is ignored.
      await this.provider.cancel(atProvider, signal).catch(() => undefined);
      await this.giveUp(job, 'provider_timeout');
      return;
    }
    const progress = Math.min(99, Math.max(0, Math.floor(view.percent ?? 0)));
    await this.jobs.note(job.id, progress, view.position ?? null, this.provider.pollEveryMs / 1000);
  }

  private async fetch(job: Job, atProvider: ProviderJob, signal: AbortSignal): Promise<StoredMedia[]> {
    const results = await this.provider.results(atProvider, signal);
    const stored: StoredMedia[] = [];
    try {
      // Sequential: a generation has few results, and the number of jobs bounds the parallel fetches.
      for (const [position, media] of results.slice(0, generationPolicy.resultsAtMost).entries()) {
        const stem = `generations/${job.id}/${position}`;
        stored.push(await this.intake.storeResult(media, job.kind, stem, this.hosts, signal));
      }
    } catch (error) {
      if (codeOf(error) !== null) await this.discard(stored);
      throw error;
    }
    return stored;
  }

  /** Removes the results of a failed generation; what cannot be removed now is removed by the sweep. */
  private async discard(stored: readonly StoredMedia[]): Promise<void> {
    const keys = stored.map(({ objectKey }) => objectKey);
    await this.storage.remove(keys).catch((cause: unknown) => {
      this.log.debug('results were left to the sweep', { cause });
    });
  }

  private async onFailure(job: Job, error: unknown, signal: AbortSignal): Promise<void> {
    const code = codeOf(error);
    if (code === null && signal.reason instanceof InstanceStopping && job.providerReference !== null) {
      // Broken off here, which is no failure of the job: another instance, or the next start, follows it at once.
      await this.jobs.hint(job.providerReference);
      return;
    }
    this.log.warn('a generation could not be followed', {
      generation_id: job.id,
      ...(code === null ? {} : { code }),
      cause: error,
    });
    if (code !== null) await this.settlement.fail(job, code);
    // After the deadline, a few retries remain: a result may exist, and one failed connection must not lose it.
    else if (isOver(job) && job.failures >= generationPolicy.triesAfterDeadline)
      await this.giveUp(job, 'provider_unavailable');
    else await this.jobs.postpone(job.id, retrySeconds(job.failures));
  }

  private async giveUp(job: Job, code: FailureCode): Promise<void> {
    if (job.cancelRequested) await this.settlement.cancel(job);
    else await this.settlement.fail(job, code);
  }
}

/** The code of a permanent failure; null when a retry may succeed. */
function codeOf(error: unknown): FailureCode | null {
  if (error instanceof GenerationRefused || error instanceof MediaRefused) return error.code;
  if (!(error instanceof RemoteFileError)) return null;
  if (error.trouble === 'refused') return 'media_refused';
  return error.trouble === 'too_large' ? 'media_too_large' : null;
}

const isOver = ({ deadlineAt, readAt }: Job): boolean => deadlineAt.getTime() <= readAt.getTime();

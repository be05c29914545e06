import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { generationPolicy } from '../../../../config/policy/generations/generations.js';
import { Log } from '../../../observability/log.js';
import { GenerationProvider, GenerationRefused, SubmitUnknown } from '../../../ports/generation-provider.js';
import { ObjectStorage } from '../../../ports/object-storage.js';
import { AiSwitch } from '../../ai-switch/ai-switch.service.js';
import { ModelsService } from '../../models/models.service.js';
import { CallbackLinks } from './callback-links.js';
import { InstanceStopping } from '../../../tasks/shutdown.js';
import type { Job } from './job.js';
import { JobsRepository } from './jobs.repository.js';
import { retrySeconds } from './retry.js';
import { Settlement } from './settlement.js';

/**
 * Submits a job to the provider at most once. The row is marked before the call goes out; the outcome is accepted,
 * refused, certainly not accepted, or unknown. An unknown one is resolved only by the provider's callback; it is never
 * submitted again.
 */
@Injectable()
export class Submitter {
  constructor(
    private readonly provider: GenerationProvider,
    private readonly models: ModelsService,
    private readonly storage: ObjectStorage,
    private readonly links: CallbackLinks,
    private readonly jobs: JobsRepository,
    private readonly settlement: Settlement,
    private readonly ai: AiSwitch,
    private readonly log: Log,
  ) {}

  async run(job: Job, signal: AbortSignal): Promise<void> {
    const outcome = await this.submit(job, signal);
    // The outcome exists only in memory: retried, so that a short outage of the database does not lose it.
    for (let tries = 0; ; tries += 1) {
      try {
        await outcome();
        return;
      } catch (error) {
        if (tries === generationPolicy.outcomeTries) throw error;
        await sleep(retrySeconds(tries) * 1000, undefined, { signal });
      }
    }
  }

  /** Makes the call; returns the write of its outcome. */
  private async submit(job: Job, signal: AbortSignal): Promise<() => Promise<unknown>> {
    const { id, modelId, prompt, negativePrompt, parameters } = job;
    // Cancelled before it was submitted.
    if (job.cancelRequested) return () => this.settlement.cancel(job);
    const model = this.models.find(modelId);
    if (model === null) return () => this.settlement.fail(job, 'model_unknown');
    try {
      const callbackUrl = await this.links.for(id, signal);
      const link = await this.referenceLink(job, model.deadlineSeconds);
      signal.throwIfAborted();
      // Read right before: the consent may have been taken back since the order was accepted, and making the link may have taken long.
      if (!(await this.jobs.hasConsent(job.userId))) return () => this.settlement.cancelUnsent(job);
      if (!(await this.ai.read()).effective) return () => this.settlement.putBack(job, 0);
      const order = { id, modelId, prompt, negativePrompt, parameters, referenceImageUrl: link };
      const reference = await this.provider.submit({ ...order, callbackUrl }, signal);
      const lookSeconds = this.provider.pollEveryMs / 1000;
      return () => this.jobs.submitted(id, reference, model.deadlineSeconds, lookSeconds);
    } catch (error) {
      return this.onFailure(job, model.deadlineSeconds, error, signal);
    }
  }

  private onFailure(
    job: Job,
    deadlineSeconds: number,
    error: unknown,
    signal: AbortSignal,
  ): () => Promise<unknown> {
    const { id } = job;
    if (error instanceof GenerationRefused) {
      this.log.warn('the provider refused a generation', {
        generation_id: id,
        code: error.code,
        cause: error,
      });
      return () => this.settlement.fail(job, error.code);
    }
    if (error instanceof SubmitUnknown) {
      this.log.warn('nobody knows whether the provider took a generation', {
        generation_id: id,
        cause: error,
      });
      return () => this.jobs.unknown(id, deadlineSeconds);
    }
    if (!(signal.reason instanceof InstanceStopping))
      this.log.warn('the provider did not take a generation', { generation_id: id, cause: error });
    return () => this.settlement.putBack(job, retrySeconds(job.attempts));
  }

  /** A signed link, valid until the provider's deadline. @throws GenerationRefused when the image is gone */
  private async referenceLink({ referenceFileId }: Job, deadlineSeconds: number): Promise<string | null> {
    if (referenceFileId === null) return null;
    const key = await this.jobs.referenceKey(referenceFileId);
    if (key === null) throw new GenerationRefused('reference_refused');
    const [link] = await this.storage.signedUrls(
      [{ key, bytes: null }],
      deadlineSeconds + generationPolicy.leaseSeconds,
    );
    if (link?.isSigned !== true) throw new GenerationRefused('reference_refused');
    return link.url;
  }
}

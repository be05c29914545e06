import {
  GenerationProvider,
  GenerationRefused,
  SubmitUnknown,
  type FailureCode,
  type ProviderJob,
  type ProviderMedia,
  type ProviderOrder,
  type ProviderStatus,
} from '../../ports/generation-provider.js';
import { cancelOf, mediaOf, referenceOf, viewOf } from './fal-answers.js';
import type { BreakerState } from './fal-breaker.js';
import { FalCalls, type FalAccess } from './fal-calls.js';
import { FalRejected, FalUnreached } from './fal-errors.js';
import { falLimits, falLookEveryMs, mediaExpireSeconds } from './fal-limits.js';
import { falModel, inputOf, isAddressable } from './fal-order.js';
import { codeOfRejection } from './fal-rejection.js';

/** Our configuration or fal's load: a wrong key, no credit, too many jobs. Not accepted; retried later. */
const laterStatuses: ReadonlySet<number> = new Set([401, 402, 403, 407, 423, 425, 429]);
/** 4xx, but no proof that the job was not accepted. */
const doubtfulStatuses: ReadonlySet<number> = new Set([408, 409, 499]);

/** Pictures and videos of fal.ai's models, through its queue. */
export class FalProvider extends GenerationProvider {
  readonly pollEveryMs = falLookEveryMs;
  private readonly calls: FalCalls;

  constructor(
    access: FalAccess,
    private readonly limits = falLimits,
  ) {
    super();
    this.calls = new FalCalls(access, limits);
  }

  get circuit(): BreakerState {
    return this.calls.breaker.state;
  }

  async submit(order: ProviderOrder, signal: AbortSignal): Promise<string> {
    const model = falModel(order.modelId);
    const input = inputOf(model, order);
    try {
      return referenceOf(
        await this.calls.make(
          (queue, abortSignal) =>
            queue.submit(model.id, {
              input,
              webhookUrl: order.callbackUrl,
              // A job that has not started at our deadline must not start later.
              startTimeout: model.deadlineSeconds,
              storageSettings: { expiresIn: mediaExpireSeconds },
              abortSignal,
            }),
          this.limits.submitTimeoutMs,
          signal,
        ),
      );
    } catch (error) {
      throw afterSubmit(error);
    }
  }

  /** fal does not store our ids: only a callback can tell. */
  findReference(): null {
    return null;
  }

  async poll(job: ProviderJob, signal: AbortSignal): Promise<ProviderStatus> {
    const { modelId, reference: requestId } = job;
    if (!isAddressable(job)) return { state: 'failed', code: 'provider_failed' };
    try {
      const status = await this.calls.make(
        (queue, abortSignal) => queue.status(modelId, { requestId, logs: false, abortSignal }),
        this.limits.lookTimeoutMs,
        signal,
      );
      const view = viewOf(status, requestId);
      return view.state === 'unexplained' ? { state: 'failed', code: await this.why(job, signal) } : view;
    } catch (error) {
      if (isGone(error)) return { state: 'failed', code: 'provider_failed' };
      throw error;
    }
  }

  async results(job: ProviderJob, signal: AbortSignal): Promise<readonly ProviderMedia[]> {
    try {
      return mediaOf(await this.result(job, signal));
    } catch (error) {
      if (isGone(error)) throw new GenerationRefused('provider_failed', error);
      if (saysWhy(error)) throw new GenerationRefused(codeOfRejection(error), error);
      throw error;
    }
  }

  async cancel(job: ProviderJob, signal: AbortSignal): Promise<'cancelled' | 'finished'> {
    const { modelId, reference: requestId } = job;
    if (!isAddressable(job)) return 'cancelled';
    try {
      return cancelOf(
        await this.calls.make(
          (queue, abortSignal) => queue.cancel(modelId, { requestId, abortSignal }),
          this.limits.cancelTimeoutMs,
          signal,
        ),
      );
    } catch (error) {
      if (isGone(error)) return 'cancelled';
      if (error instanceof FalRejected && error.status < 500 && error.rejection.status !== null)
        return cancelOf({ status: error.rejection.status });
      throw error;
    }
  }

  /** No hints here: fal's callbacks arrive by HTTP. */
  onChange(): () => void {
    return () => undefined;
  }

  private result(job: ProviderJob, signal: AbortSignal): Promise<unknown> {
    if (!isAddressable(job)) throw new GenerationRefused('provider_failed');
    return this.calls.make(
      (queue, abortSignal) => queue.result(job.modelId, { requestId: job.reference, abortSignal }),
      this.limits.resultsTimeoutMs,
      signal,
    );
  }

  /** The reason of a failure, where the status does not have it. */
  private async why(job: ProviderJob, signal: AbortSignal): Promise<FailureCode> {
    try {
      await this.result(job, signal);
      return 'provider_failed';
    } catch (error) {
      // The failure is certain; only an unavailable fal is asked again.
      if (!(error instanceof FalRejected) || error.rejection.source === 'foreign') throw error;
      if (laterStatuses.has(error.status)) throw error;
      return isGone(error) ? 'provider_failed' : codeOfRejection(error);
    }
  }
}

function afterSubmit(error: unknown): unknown {
  if (error instanceof FalUnreached) return error;
  if (!(error instanceof FalRejected)) return new SubmitUnknown(error);
  const { status, rejection } = error;
  if (status < 400 || status >= 500 || doubtfulStatuses.has(status)) return new SubmitUnknown(error);
  // A response in another format than fal's (a proxy) is no statement about the job.
  if (laterStatuses.has(status) || rejection.source === 'foreign') return error;
  return new GenerationRefused(status === 404 ? 'model_unknown' : codeOfRejection(error), error);
}

function isGone(error: unknown): boolean {
  return error instanceof FalRejected && error.status === 404 && error.rejection.source !== 'foreign';
}

/** Whether the response states the job's failure, and not that fal is unavailable. */
function saysWhy(error: unknown): error is FalRejected {
  if (!(error instanceof FalRejected) || error.rejection.source === 'foreign') return false;
  return error.rejection.source === 'model' || error.status === 422;
}

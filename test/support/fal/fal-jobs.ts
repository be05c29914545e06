import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** How a job ended other than well. */
export interface FalFailure {
  /** Of the result's answer. */
  readonly status: number;
  /** A model's: a list of `{loc, msg, type}`. The platform's: a text. */
  readonly detail: unknown;
  /** Only the platform's failures carry one. */
  readonly errorType: string | null;
}

export interface FalJob {
  readonly id: string;
  /** Owner, app and subpath, as submitted. */
  readonly model: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly webhookUrl: string | null;
  readonly headers: IncomingHttpHeaders;
  state: 'IN_QUEUE' | 'IN_PROGRESS' | 'COMPLETED';
  result: unknown;
  failure: FalFailure | null;
}

/** A model's refusal, as fal words one. */
export const modelFailure = (type: string, status = 422): FalFailure => ({
  status,
  detail: [{ loc: ['body', 'prompt'], msg: 'The content could not be processed.', type, url: `https://docs.fal.ai/errors#${type}`, input: 'what was asked' }], // prettier-ignore
  errorType: null,
});

export const platformFailure = (errorType: string, status = 503): FalFailure => ({
  status,
  detail: 'The request could not be processed.',
  errorType,
});

const cancelled = platformFailure('client_cancelled', 499);

/** Everything that was ever submitted, in its order. */
export class FalJobs {
  readonly all: FalJob[] = [];
  private readonly byId = new Map<string, FalJob>();

  add(job: Pick<FalJob, 'model' | 'input' | 'webhookUrl' | 'headers'>): FalJob {
    const added: FalJob = { id: randomUUID(), ...job, state: 'IN_QUEUE', result: null, failure: null };
    this.all.push(added);
    this.byId.set(added.id, added);
    return added;
  }

  find(id: string): FalJob | null {
    return this.byId.get(id) ?? null;
  }

  get(id: string): FalJob {
    const job = this.byId.get(id);
    if (job === undefined) throw new Error(`no job ${id}`);
    return job;
  }

  /** How many wait before this one. */
  position(job: FalJob): number {
    return this.all.filter(({ state }) => state === 'IN_QUEUE').indexOf(job);
  }

  forget(id: string): void {
    this.byId.delete(id);
  }

  cancel(job: FalJob): void {
    this.end(job, { failure: cancelled });
  }

  end(job: FalJob, outcome: { readonly result: unknown } | { readonly failure: FalFailure }): void {
    if (job.state === 'COMPLETED') return;
    job.state = 'COMPLETED';
    if ('failure' in outcome) job.failure = outcome.failure;
    else job.result = outcome.result;
  }
}

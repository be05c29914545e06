import type { IncomingMessage } from 'node:http';
import type { FalAnswer, FalOperation } from './fal-faults.js';
import type { FalJob, FalJobs } from './fal-jobs.js';

export interface FalRequest {
  readonly operation: FalOperation;
  /** Owner and app. */
  readonly app: string;
  /** With its subpath; only of a submit. */
  readonly model: string;
  readonly id: string;
  readonly url: URL;
}

const submitPath = /^\/([\w-]+\/[\w.-]+)((?:\/[\w.-]+)*)$/;
const jobPath = /^\/([\w-]+\/[\w.-]+)\/requests\/([\w-]+)(\/status|\/cancel)?$/;

/** What is asked of the queue, or null where fal has no such path. */
export function readRequest({ method, url: path = '/' }: IncomingMessage, base: string): FalRequest | null {
  const url = new URL(path, base);
  const job = jobPath.exec(url.pathname);
  if (job !== null) {
    const [, app = '', id = '', tail] = job;
    const asked = `${method ?? ''}${tail ?? ''}`;
    const operation = ({ GET: 'result', 'GET/status': 'status', 'PUT/cancel': 'cancel' } as const)[asked];
    return operation === undefined ? null : { operation, app, model: app, id, url };
  }
  const submit = submitPath.exec(url.pathname);
  if (submit === null || method !== 'POST') return null;
  const [, app = '', subpath = ''] = submit;
  return { operation: 'submit', app, model: `${app}${subpath}`, id: '', url };
}

export const unauthorized: FalAnswer = { status: 401, body: { detail: 'Authentication is required.' } };
export const pathNotFound: FalAnswer = { status: 404, body: { detail: 'Path not found' } };

/** fal's queue by its documented protocol. */
export class FalQueue {
  constructor(
    private readonly jobs: FalJobs,
    private readonly base: () => string,
  ) {}

  submit(
    { model, app, url }: FalRequest,
    request: IncomingMessage,
    body: Buffer,
  ): FalAnswer & { readonly job: FalJob | null } {
    // prettier-ignore
    if (!model.startsWith('fal-ai/')) return { status: 404, body: { detail: `Application '${app}' not found` }, job: null }; // prettier-ignore
    const job = this.jobs.add({
      model,
      input: JSON.parse(body.toString()) as Record<string, unknown>,
      webhookUrl: url.searchParams.get('fal_webhook'),
      headers: request.headers,
    });
    return {
      status: 200,
      body: {
        status: 'IN_QUEUE',
        request_id: job.id,
        gateway_request_id: job.id,
        ...this.links(job),
        queue_position: this.jobs.position(job),
      },
      headers: { 'x-fal-request-id': job.id },
      job,
    };
  }

  status(request: FalRequest): FalAnswer {
    const job = this.find(request);
    if (job === null) return { status: 404, body: { detail: 'Request not found' } };
    const { id, state, failure } = job;
    const common = { status: state, request_id: id, ...this.links(job) };
    if (state === 'IN_QUEUE')
      return { status: 202, body: { ...common, queue_position: this.jobs.position(job) } };
    if (state === 'IN_PROGRESS') return { status: 202, body: { ...common, logs: null } };
    const error =
      failure === null
        ? {}
        : {
            error: 'The request failed.',
            ...(failure.errorType === null ? {} : { error_type: failure.errorType }),
          };
    return { status: 200, body: { ...common, logs: null, metrics: { inference_time: 1.25 }, ...error } };
  }

  result(request: FalRequest): FalAnswer {
    const job = this.find(request);
    if (job === null) return { status: 404, body: { detail: 'Request not found' } };
    if (job.state !== 'COMPLETED') return { status: 400, body: { detail: 'Request is still in progress' } };
    if (job.failure === null) return { status: 200, body: job.result };
    const { status, detail, errorType } = job.failure;
    return errorType === null
      ? { status, body: { detail } }
      : { status, body: { detail, error_type: errorType }, headers: { 'x-fal-error-type': errorType } };
  }

  cancel(request: FalRequest): FalAnswer {
    const job = this.find(request);
    if (job === null) return { status: 404, body: { status: 'NOT_FOUND' } };
    if (job.state === 'COMPLETED') return { status: 400, body: { status: 'ALREADY_COMPLETED' } };
    this.jobs.cancel(job);
    return { status: 202, body: { status: 'CANCELLATION_REQUESTED' } };
  }

  private find({ app, id }: FalRequest): FalJob | null {
    const job = this.jobs.find(id);
    return job !== null && appOf(job.model) === app ? job : null;
  }

  private links({ id, model }: FalJob): Record<string, string> {
    const url = `${this.base()}/${appOf(model)}/requests/${id}`;
    return { response_url: url, status_url: `${url}/status`, cancel_url: `${url}/cancel` };
  }
}

const appOf = (model: string): string => model.split('/').slice(0, 2).join('/');

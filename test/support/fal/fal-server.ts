import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerWith, FalFaults, send, type FalAnswer } from './fal-faults.js';
import { FalHost } from './fal-host.js';
import { FalJobs, type FalFailure, type FalJob } from './fal-jobs.js';
import { FalMedia } from './fal-media.js';
import { FalQueue, pathNotFound, readRequest, unauthorized, type FalRequest } from './fal-queue.js';
import { FalWebhooks, type FalCallback } from './fal-webhooks.js';

const maxBodyBytes = 1_048_576;
const videoModels = /veo|video|wan-/;

export interface FalOptions {
  readonly key?: string;
  /** Milliseconds in the queue and at work, after which a job is done and its webhook called; null: by hand. */
  readonly automatic?: { readonly queueMs: number; readonly workMs: number } | null;
  /** How often, and how many milliseconds apart, a call that is not taken is made again. */
  readonly webhookRetries?: { readonly count: number; readonly everyMs: number };
  /** Bytes of the videos that jobs give. */
  readonly videoBytes?: number;
}

/** fal.ai on this machine: queue, media host, key set and webhooks, behaving well or as it is told. */
export class FalServer {
  readonly faults = new FalFaults();
  readonly jobs = new FalJobs();
  readonly key: string;
  readonly webhooks: FalWebhooks;
  /** Each host can refuse connections: `refuse()`, `accept()`. */
  readonly queueHost = new FalHost((request, response) => this.answerQueue(request, response));
  readonly keysHost = new FalHost((request, response) => this.answerKeys(request, response));
  readonly mediaHost = new FalHost((request, response) => this.answerMedia(request, response));
  /** Where nobody may ever be led: `seen` stays empty. */
  readonly trap = new FalHost((_request, response) => {
    send(response, { status: 200, body: {} });
  });
  readonly media = new FalMedia(() => this.mediaHost.url);
  automatic: { readonly queueMs: number; readonly workMs: number } | null;
  private readonly queue = new FalQueue(this.jobs, () => this.queueHost.url);
  private readonly stopping = new AbortController();
  private readonly videoBytes: number;

  private constructor(options: FalOptions) {
    this.key = options.key ?? `${randomUUID()}:stand-in`;
    this.automatic = options.automatic ?? null;
    this.videoBytes = options.videoBytes ?? 200_000;
    this.webhooks = new FalWebhooks(options.webhookRetries ?? { count: 10, everyMs: 200 });
  }

  static async start(options: FalOptions = {}): Promise<FalServer> {
    const server = new FalServer(options);
    for (const host of server.hosts) await host.accept();
    return server;
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    for (const host of this.hosts) await host.refuse();
  }

  get queueUrl(): string {
    return this.queueHost.url;
  }

  get jwksUrl(): string {
    return `${this.keysHost.url}/.well-known/jwks.json`;
  }

  /** The jobs submitted with this callback URL: more than one is a double submit. */
  submitsFor(callbackUrl: string): readonly FalJob[] {
    return this.jobs.all.filter(({ webhookUrl }) => webhookUrl === callbackUrl);
  }

  /** From the queue to work. */
  advance(id: string): void {
    const job = this.jobs.get(id);
    if (job.state === 'IN_QUEUE') job.state = 'IN_PROGRESS';
  }

  /** Ends well; without a result with what the model would give. Nobody is called: see `call()`. */
  async complete(id: string, result?: unknown): Promise<void> {
    const job = this.jobs.get(id);
    this.jobs.end(job, { result: result ?? (await this.resultOf(job)) });
  }

  fail(id: string, failure: FalFailure): void {
    this.jobs.end(this.jobs.get(id), { failure });
  }

  /** Makes the call about a job as it stands, again if it is not taken. */
  async call(id: string): Promise<void> {
    await this.webhooks.deliver(this.jobs.get(id), this.stopping.signal);
  }

  /** That call, signed, to be sent, bent and sent again by a test. */
  callback(id: string): FalCallback {
    return this.webhooks.callback(this.jobs.get(id));
  }

  private get hosts(): readonly FalHost[] {
    return [this.queueHost, this.keysHost, this.mediaHost, this.trap];
  }

  private async answerQueue(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = readRequest(request, this.queueUrl);
    const body = await readBody(request);
    const fault = asked === null ? null : this.faults.take(asked.operation);
    await answerWith(fault, request, response, () => {
      if (request.headers.authorization !== `Key ${this.key}`) return unauthorized;
      return asked === null ? pathNotFound : this.answerOf(asked, request, body);
    });
  }

  private answerOf(asked: FalRequest, request: IncomingMessage, body: Buffer): FalAnswer {
    if (asked.operation === 'status') return this.queue.status(asked);
    if (asked.operation === 'result') return this.queue.result(asked);
    if (asked.operation === 'cancel') return this.queue.cancel(asked);
    const { job, ...answer } = this.queue.submit(asked, request, body);
    if (job !== null) void this.runAlone(job);
    return answer;
  }

  /** The automatic life of a job. */
  private async runAlone(job: FalJob): Promise<void> {
    const { automatic, stopping } = this;
    if (automatic === null) return;
    await pause(automatic.queueMs, stopping.signal);
    this.advance(job.id);
    await pause(automatic.workMs, stopping.signal);
    if (stopping.signal.aborted) return;
    await this.complete(job.id);
    await this.call(job.id);
  }

  private async resultOf({ model, input }: FalJob): Promise<unknown> {
    if (videoModels.test(model)) {
      const url = this.media.addVideo(this.videoBytes);
      return {
        video: { url, content_type: 'video/mp4', file_name: 'video.mp4', file_size: this.videoBytes },
      };
    }
    const url = await this.media.addPicture();
    return {
      images: [{ url, width: 64, height: 48, content_type: 'image/jpeg' }],
      timings: {},
      seed: 7,
      has_nsfw_concepts: [false],
      prompt: input['prompt'],
    };
  }

  private async answerKeys(request: IncomingMessage, response: ServerResponse): Promise<void> {
    await answerWith(this.faults.take('jwks'), request, response, () =>
      request.url === '/.well-known/jwks.json' ? { status: 200, body: this.webhooks.jwks() } : pathNotFound,
    );
  }

  private async answerMedia(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [fault, path] = [this.faults.take('media'), request.url ?? ''];
    if (fault === null) await this.media.send(path, response);
    else await answerWith(fault, request, response, () => this.media.answer(path));
  }
}

/** Waits, or less when the server stops; keeps no process alive. */
function pause(ms: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    stop.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.byteLength;
    if (length > maxBodyBytes) throw new Error('more than anybody would ask for');
    parts.push(part);
  }
  return Buffer.concat(parts);
}

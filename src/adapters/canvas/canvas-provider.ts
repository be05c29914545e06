import type { Clock } from '../../ports/clock.js';
import {
  GenerationProvider,
  GenerationRefused,
  type FailureCode,
  type ProviderJob,
  type ProviderMedia,
  type ProviderOrder,
  type ProviderStatus,
} from '../../ports/generation-provider.js';
import { EndedJobs, type CanvasEnd } from './canvas-jobs.js';
import { CanvasStudio, MAX_WAITING } from './canvas-studio.js';
import { checkRequest, type PictureRequest } from '../../../painter/painter.js';
import { vocabulary } from '../../../painter/vocabulary/vocabulary.js';
import { StudioError } from './studio-error.js';
import { sha256 } from '../../crypto/hash.js';

const defaultSide = 1024;
/** Milliseconds between two polls. */
const lookEvery = 1000;

interface Running {
  readonly abort: AbortController;
  percent: number;
}

/**
 * The generation provider of the embedded default: pictures painted offline. A job has the generation's id and exists
 * in this process only; after a restart it is absent, and painting it again gives the same picture.
 */
export class CanvasProvider extends GenerationProvider {
  readonly pollEveryMs = lookEvery;
  override readonly vocabulary = vocabulary;
  /** In-process: always available. */
  readonly circuit = 'closed';
  /** In order of submission, at most MAX_WAITING. */
  private readonly running = new Map<string, Running>();
  private readonly ended: EndedJobs;
  private readonly listeners = new Set<(reference: string) => void>();
  private closed = false;

  constructor(
    clock: Clock,
    private readonly studio = new CanvasStudio(),
  ) {
    super();
    this.ended = new EndedJobs(clock);
  }

  submit(order: ProviderOrder, signal: AbortSignal): Promise<string> {
    return new Promise((resolve) => {
      signal.throwIfAborted();
      this.start(order);
      resolve(order.id);
    });
  }

  findReference({ id }: Pick<ProviderOrder, 'id'>): string {
    return id;
  }

  poll({ reference }: ProviderJob): Promise<ProviderStatus> {
    const running = this.running.get(reference);
    if (running !== undefined) {
      return Promise.resolve(
        running.percent === 0
          ? { state: 'queued', position: [...this.running.keys()].indexOf(reference) }
          : { state: 'running', percent: Math.min(running.percent, 99) },
      );
    }
    const end = this.ended.get(reference);
    if (end === null) return Promise.resolve({ state: 'absent' });
    return Promise.resolve(end.state === 'finished' ? { state: 'finished' } : end);
  }

  results({ reference }: ProviderJob): Promise<readonly ProviderMedia[]> {
    const end = this.ended.get(reference);
    if (end === null) return Promise.reject(new Error('there is no finished picture'));
    return end.state === 'finished'
      ? Promise.resolve([{ kind: 'bytes', bytes: end.png }])
      : Promise.reject(new GenerationRefused(end.code));
  }

  cancel({ reference }: ProviderJob): Promise<'cancelled' | 'finished'> {
    if (this.ended.get(reference)?.state === 'finished') return Promise.resolve('finished');
    const job = this.running.get(reference);
    if (job !== undefined) {
      this.end(reference, job, { state: 'failed', code: 'provider_failed' });
      job.abort.abort();
    }
    return Promise.resolve('cancelled');
  }

  onChange(listener: (reference: string) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.studio.close();
  }

  private start(order: ProviderOrder): void {
    const { id } = order;
    if (this.running.has(id) || this.ended.get(id) !== null) return;
    const request = requestOf(order);
    if (this.closed || this.running.size >= MAX_WAITING)
      throw new Error('the painter takes no more pictures now');
    const job: Running = { abort: new AbortController(), percent: 0 };
    this.running.set(id, job);
    const onProgress = (percent: number): void => {
      job.percent = percent;
      // The end is announced once the picture is stored.
      if (percent > 0 && percent < 100) this.notify(id);
    };
    void this.studio.paint(request, { signal: job.abort.signal, onProgress }).then(
      ({ png }) => {
        this.end(id, job, { state: 'finished', png });
      },
      (error: unknown) => {
        this.end(id, job, failureOf(error));
      },
    );
  }

  /** Null: removed, so that a poll returns `absent`. */
  private end(id: string, job: Running, end: CanvasEnd | null): void {
    if (this.running.get(id) !== job) return;
    this.running.delete(id);
    if (end !== null) this.ended.add(id, end);
    this.notify(id);
  }

  /** Not from within the studio, where a listener's error would end the picture. */
  private notify(reference: string): void {
    for (const listener of this.listeners) {
      queueMicrotask(() => {
        listener(reference);
      });
    }
  }
}

function requestOf({ id, prompt, negativePrompt, parameters }: ProviderOrder): PictureRequest {
  const [width, height] = [
    whole(parameters['width']) ?? defaultSide,
    whole(parameters['height']) ?? defaultSide,
  ];
  // Without a seed it derives from the id, so that a retry paints the same picture.
  const seed = whole(parameters['seed']) ?? sha256(id).readUInt32BE(0);
  const request: PictureRequest = { prompt, negativePrompt, seed, width, height };
  try {
    checkRequest(request);
  } catch (error) {
    throw new GenerationRefused('parameters_refused', error);
  }
  return request;
}

function failureOf(error: unknown): CanvasEnd | null {
  if (!(error instanceof StudioError)) return { state: 'failed', code: 'provider_failed' };
  // Not painted because of shutdown or a full queue: it may be submitted again.
  if (error.trouble === 'closed' || error.trouble === 'full') return null;
  const code: FailureCode = error.trouble === 'late' ? 'provider_timeout' : 'provider_failed';
  return { state: 'failed', code };
}

function whole(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : null;
}

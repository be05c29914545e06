import { Worker } from 'node:worker_threads';
import { checkRequest, type PictureRequest } from '../../../painter/painter.js';
import type { Answer, Order } from './studio-message.js';
import { StudioError } from './studio-error.js';

/** Orders that may wait while one is painted. */
export const MAX_WAITING = 32;
/** Milliseconds from the start of one picture to the end of its worker. */
const PICTURE_DEADLINE = 30_000;
const DEFAULT_SIDE = 1024;

/** A picture request whose sides default to 1024 pixels. */
export type PaintRequest = Omit<PictureRequest, 'width' | 'height'> & {
  readonly width?: number;
  readonly height?: number;
};

export interface PaintOptions {
  /** When it aborts, paint() rejects at once with its reason. */
  readonly signal?: AbortSignal;
  /** Percent done: rising integers from 0 to 100. An error it throws ends the picture. */
  readonly onProgress?: (percent: number) => void;
}

export interface Painting {
  /** An opaque 8-bit RGB PNG without metadata. */
  readonly png: Uint8Array;
  readonly width: number;
  readonly height: number;
}

class Job {
  settled = false;
  private readonly done = Promise.withResolvers<Painting>();
  readonly painting = this.done.promise;
  private readonly onAbort = (): void => {
    // The worker cannot be interrupted inside a picture; finishing it unused is cheaper than a new worker.
    this.reject(this.options.signal?.reason);
  };

  constructor(
    readonly order: Order,
    private readonly options: PaintOptions,
  ) {
    options.signal?.addEventListener('abort', this.onAbort, { once: true });
  }

  progress(percent: number): void {
    if (this.settled) return;
    try {
      this.options.onProgress?.(percent);
    } catch (error) {
      this.reject(error);
    }
  }

  resolve(painting: Painting): void {
    this.progress(100);
    if (this.settle()) this.done.resolve(painting);
  }

  reject(reason: unknown): void {
    if (this.settle()) this.done.reject(reason);
  }

  private settle(): boolean {
    if (this.settled) return false;
    this.settled = true;
    this.options.signal?.removeEventListener('abort', this.onAbort);
    return true;
  }
}

/**
 * Paints pictures one after another in a worker thread of its own, which starts with the first picture, never holds the
 * process open while idle, and is replaced when it crashes or overruns the deadline.
 */
export class CanvasStudio {
  private readonly waiting: Job[] = [];
  private current: Job | null = null;
  private worker: Worker | null = null;
  private deadline: NodeJS.Timeout | undefined;
  private closed = false;
  private orders = 0;

  constructor(
    private readonly workerUrl = new URL('./canvas.worker.js', import.meta.url),
    private readonly deadlineMs = PICTURE_DEADLINE,
  ) {}

  /**
   * Resolves to the picture of the request; the same request gives the same bytes. Rejects with a RangeError for a
   * request out of bounds, with the signal's reason on abort, and otherwise with a StudioError.
   */
  async paint(request: PaintRequest, options: PaintOptions = {}): Promise<Painting> {
    const { prompt, negativePrompt, seed, width = DEFAULT_SIDE, height = DEFAULT_SIDE } = request;
    const complete: PictureRequest = { prompt, negativePrompt, seed, width, height };
    checkRequest(complete);
    options.signal?.throwIfAborted();
    if (this.closed) throw new StudioError('closed', 'the studio is closed');
    // Aborted orders leave the queue.
    this.waiting.splice(0, Infinity, ...this.waiting.filter((job) => !job.settled));
    if (this.waiting.length >= MAX_WAITING) {
      throw new StudioError('full', `more than ${MAX_WAITING} pictures are waiting`);
    }
    this.orders += 1;
    const job = new Job({ id: this.orders, request: complete }, options);
    job.progress(0);
    this.waiting.push(job);
    this.next();
    return job.painting;
  }

  /** Rejects what is unfinished and ends the worker. May be called again. */
  async close(): Promise<void> {
    this.closed = true;
    const error = new StudioError('closed', 'the studio was closed');
    for (const job of this.waiting.splice(0, Infinity)) job.reject(error);
    this.current?.reject(error);
    this.current = null;
    clearTimeout(this.deadline);
    const worker = this.worker;
    this.worker = null;
    await worker?.terminate();
  }

  private next(): void {
    if (this.current !== null || this.closed) return;
    const job = this.waiting.shift();
    if (job === undefined) {
      this.worker?.unref();
      return;
    }
    if (job.settled) {
      this.next();
      return;
    }
    this.current = job;
    const worker = (this.worker ??= this.startWorker());
    worker.ref();
    this.deadline = setTimeout(() => {
      this.stopWorker(worker, new StudioError('late', `the picture took longer than ${this.deadlineMs} ms`));
    }, this.deadlineMs);
    worker.postMessage(job.order);
  }

  private startWorker(): Worker {
    // An empty environment: the worker processes untrusted prompts and must not see the process's secrets.
    const worker = new Worker(this.workerUrl, { env: {}, execArgv: [], name: 'canvas', resourceLimits: { maxOldGenerationSizeMb: 256 } }); // prettier-ignore
    worker.on('message', (answer: Answer) => {
      this.onMessage(worker, answer);
    });
    worker.on('error', (error) => {
      this.stopWorker(worker, new StudioError('crashed', 'the painting worker crashed', { cause: error }));
    });
    worker.on('exit', (code) => {
      this.stopWorker(worker, new StudioError('crashed', `the painting worker ended with code ${code}`));
    });
    return worker;
  }

  private onMessage(worker: Worker, answer: Answer): void {
    const job = this.current;
    if (worker !== this.worker || job?.order.id !== answer.id) return;
    if (answer.kind === 'step') {
      job.progress(answer.percent);
      return;
    }
    if (answer.kind === 'picture') {
      const { png, width, height } = answer;
      job.resolve({ png, width, height });
    } else {
      job.reject(new StudioError('failed', `the picture could not be painted: ${answer.message}`));
    }
    this.finish();
  }

  /** A worker that crashed or overran takes its picture with it; the next order gets a fresh one. */
  private stopWorker(worker: Worker, error: StudioError): void {
    if (worker !== this.worker) return;
    this.worker = null;
    void worker.terminate();
    this.current?.reject(error);
    this.finish();
  }

  private finish(): void {
    clearTimeout(this.deadline);
    this.current = null;
    this.next();
  }
}

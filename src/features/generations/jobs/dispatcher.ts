import { setTimeout as sleep } from 'node:timers/promises';
import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { CONFIG, type Config } from '../../../../config/config.js';
import { drainTimeoutMs } from '../../../../config/policy/perimeter/http.js';
import { generationPolicy } from '../../../../config/policy/generations/generations.js';
import { Log } from '../../../observability/log.js';
import { GenerationProvider } from '../../../ports/generation-provider.js';
import { AiSwitch } from '../../ai-switch/ai-switch.service.js';
import { JobPoller } from './job-poller.js';
import { inStep } from './job-span.js';
import type { Job } from './job.js';
import { JobsRepository } from './jobs.repository.js';
import { JobSlots } from './job-slots.js';
import { Submitter } from './submitter.js';
import { InstanceStopping } from '../../../tasks/shutdown.js';
import { PeriodicTask } from '../../../tasks/periodic-task.js';
import { Background } from '../../../tasks/background.js';

export interface DispatcherLoad {
  readonly submitting: number;
  readonly following: number;
  readonly circuit: GenerationProvider['circuit'];
}

/**
 * Takes jobs from the database while slots are free: at once after `wake`, and twice a second for jobs that are due or whose
 * lease on another instance has expired; every two seconds where none was for a while.
 */
@Background('generations')
@Injectable()
export class Dispatcher implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly submits = new JobSlots(generationPolicy.concurrentSubmits);
  private readonly follows: JobSlots;
  private readonly stopping = new AbortController();
  /** Aborts running submits, last of all at shutdown: the outcome of an aborted submit is unknown. */
  private readonly draining = new AbortController();
  private readonly working = new Set<Promise<void>>();
  private readonly hinted = new Map<string, NodeJS.Timeout>();
  private readonly tasks: readonly PeriodicTask[];
  private looking: Promise<void> | null = null;
  private lookAgain = false;
  /** Whether one job may probe an unavailable provider. */
  private mayTry = true;
  private stopHints: (() => void) | null = null;
  private lastBegun = 0;
  /** Before then, only who is told of a job looks for it. */
  private restUntil = 0;

  constructor(
    private readonly provider: GenerationProvider,
    private readonly jobs: JobsRepository,
    private readonly submitter: Submitter,
    private readonly poller: JobPoller,
    private readonly ai: AiSwitch,
    private readonly log: Log,
    @Inject(CONFIG) { generationFollowsAtOnce }: Pick<Config, 'generationFollowsAtOnce'>,
  ) {
    this.follows = new JobSlots(generationFollowsAtOnce);
    const onError = (cause: unknown): void => {
      log.warn('leases of generations could not be renewed', { cause });
    };
    this.tasks = [
      new PeriodicTask({
        everyMs: generationPolicy.tickMs,
        run: () => {
          this.mayTry = true;
          if (performance.now() >= this.restUntil) this.wake();
        },
        onError,
      }),
      new PeriodicTask({ everyMs: generationPolicy.renewEveryMs, run: () => this.renew(), onError }),
    ];
  }

  onApplicationBootstrap(): void {
    this.stopHints = this.provider.onChange((reference) => {
      this.hint(reference);
    });
    for (const task of this.tasks) task.start();
    this.wake();
  }

  /**
   * Waits for running submits and aborts everything else; another instance or the next start takes the aborted jobs
   * over.
   */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopHints?.();
    for (const timer of this.hinted.values()) clearTimeout(timer);
    this.stopping.abort(new InstanceStopping());
    await Promise.all(this.tasks.map((task) => task.stop()));
    await this.looking;
    await this.ended(drainTimeoutMs - generationPolicy.abortedMs);
    this.draining.abort(new InstanceStopping());
    await this.ended(generationPolicy.abortedMs);
  }

  /** Waits for running jobs, at most so many milliseconds. */
  private async ended(withinMs: number): Promise<void> {
    const waiting = new AbortController();
    await Promise.race([
      Promise.allSettled([...this.working]),
      sleep(withinMs, undefined, { signal: waiting.signal }).catch(() => undefined),
    ]);
    waiting.abort();
  }

  /** Number of running jobs on this instance, and the state of the provider's circuit breaker. */
  load(): DispatcherLoad {
    return { submitting: this.submits.busy, following: this.follows.busy, circuit: this.provider.circuit };
  }

  /** Looks for jobs now. */
  wake(): void {
    if (this.stopHints === null || this.stopping.signal.aborted) return;
    if (this.looking !== null) {
      this.lookAgain = true;
      return;
    }
    this.looking = this.look()
      .catch((cause: unknown) => {
        this.log.debug('the jobs of generations are out of reach', { cause });
      })
      .finally(() => {
        this.looking = null;
        if (!this.lookAgain) return;
        this.lookAgain = false;
        this.wake();
      });
  }

  private async look(): Promise<void> {
    const now = performance.now();
    if (now - this.lastBegun > generationPolicy.idleAfterMs)
      this.restUntil = now + generationPolicy.idleTickMs;
    const room = this.roomForSubmits();
    if (room > 0) {
      for (const job of await this.jobs.takeQueued(room))
        this.start(
          this.submits,
          job,
          (signal) => inStep('submit', job, () => this.submitter.run(job, signal)),
          // Taken during shutdown: not submitted any more.
          this.stopping.signal.aborted ? this.stopping.signal : this.draining.signal,
          generationPolicy.callMs,
        );
    }
    if (this.follows.free > 0) {
      for (const job of await this.jobs.takeDue(this.follows.free))
        this.start(
          this.follows,
          job,
          (signal) => inStep('follow', job, () => this.poller.poll(job, signal)),
          this.stopping.signal,
          generationPolicy.fetchMs,
        );
    }
  }

  /** While the circuit is open, jobs stay queued: a single job probes the provider at each interval. */
  private roomForSubmits(): number {
    if (!this.ai.isAllowedHere) return 0;
    if (this.provider.circuit === 'closed') return this.submits.free;
    const room = this.mayTry ? Math.min(1, this.submits.free) : 0;
    this.mayTry = false;
    return room;
  }

  private start(
    slots: JobSlots,
    job: Job,
    work: (signal: AbortSignal) => Promise<void>,
    stop: AbortSignal,
    withinMs: number,
  ): void {
    // Not AbortSignal.timeout, which cannot be cleared: it would stay in memory for a quarter of an hour after the
    // work.
    this.lastBegun = performance.now();
    const late = new AbortController();
    const timer = setTimeout(() => {
      late.abort(new Error('took too long'));
    }, withinMs);
    const run = slots
      .run(job, () => work(AbortSignal.any([stop, late.signal])))
      .then(async (again) => {
        if (again && job.providerReference !== null) await this.jobs.hint(job.providerReference);
      })
      .catch((cause: unknown) => {
        // The database is unavailable: the lease expires, and an instance takes the job over.
        this.log.warn('a generation waits for its lease to end', { generation_id: job.id, cause });
      })
      .finally(() => {
        clearTimeout(timer);
        this.working.delete(run);
        this.wake();
      });
    this.working.add(run);
  }

  private async renew(): Promise<void> {
    await this.jobs.renew([...this.submits.ids(), ...this.follows.ids()]);
  }

  /** Debounces hints: at most one poll per job and `hintEveryMs`. */
  private hint(reference: string): void {
    if (this.hinted.has(reference) || this.stopping.signal.aborted) return;
    const timer = setTimeout(() => {
      this.hinted.delete(reference);
      this.jobs.hint(reference).then(
        () => {
          this.wake();
        },
        () => undefined,
      );
    }, generationPolicy.hintEveryMs);
    this.hinted.set(reference, timer);
  }
}

import {
  Injectable,
  type BeforeApplicationShutdown,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { streamPolicy } from '../../../../config/policy/generations/streams.js';
import { Problem } from '../../../errors/problem.js';
import type { Caller } from '../../../guards/route/caller.js';
import { anything, channels, Notifications } from '../../../ports/notifications.js';
import { isFinished, type Generation } from '../generation.js';
import { GenerationsService } from '../orders/generations.service.js';

interface Waiter {
  /** It may have changed. */
  look(): void;
  stop(): void;
}

/** Requests that wait for the end of a generation. A notification says that it changed, and it is read again. */
@Injectable()
export class GenerationEnds implements OnModuleInit, BeforeApplicationShutdown, OnModuleDestroy {
  private readonly waiters = new Map<string, Set<Waiter>>();
  /** Places taken, by account and all together. */
  private readonly own = new Map<string, number>();
  private count = 0;
  private isEnding = false;
  private unsubscribe: (() => void) | null = null;

  constructor(
    private readonly notifications: Notifications,
    private readonly generations: GenerationsService,
  ) {}

  onModuleInit(): void {
    this.unsubscribe = this.notifications.subscribe(
      channels.generations,
      (id) => {
        if (id === anything) this.lookAllSoon();
        else for (const waiter of this.waiters.get(id) ?? []) waiter.look();
      },
      () => {
        this.lookAllSoon();
      },
    );
  }

  /** Whoever waits is told that it goes on without it: the generation does. */
  beforeApplicationShutdown(): void {
    this.isEnding = true;
    for (const waiters of this.waiters.values()) for (const waiter of [...waiters]) waiter.stop();
  }

  onModuleDestroy(): void {
    this.unsubscribe?.();
  }

  /**
   * Takes a place for one that will wait, before anything is paid; returns how it is given back, once.
   * @throws Problem `streams_exceeded`
   */
  enter({ userId }: Caller): () => void {
    const own = this.own.get(userId) ?? 0;
    if (own >= streamPolicy.perUser || this.count >= streamPolicy.perInstance)
      throw new Problem('streams_exceeded', { headers: { 'retry-after': '5' } });
    this.own.set(userId, own + 1);
    this.count++;
    return () => {
      this.count--;
      const left = (this.own.get(userId) ?? 1) - 1;
      if (left === 0) this.own.delete(userId);
      else this.own.set(userId, left);
    };
  }

  /**
   * The generation once it has ended; null when it has not after `timeoutMs`, when `signal` is aborted, or when this instance stops.
   * @throws Problem `not_found`, and what the database throws
   */
  async wait(caller: Caller, id: string, timeoutMs: number, signal: AbortSignal): Promise<Generation | null> {
    const until = performance.now() + timeoutMs;
    const changes = new Changes();
    const waiter: Waiter = {
      look: () => {
        changes.tell();
      },
      stop: () => {
        changes.stop();
      },
    };
    this.add(id, waiter);
    signal.addEventListener('abort', waiter.stop, { once: true });
    try {
      for (;;) {
        // Read after subscribing, so that a change in between is not lost.
        const generation = await this.generations.get(caller, id);
        if (isFinished(generation.status)) return generation;
        const leftMs = until - performance.now();
        if (leftMs <= 0 || signal.aborted || this.isEnding) return null;
        // A lost notification costs a look, never a result.
        if (!(await changes.next(Math.min(leftMs, streamPolicy.lookAgainMs)))) return null;
      }
    } finally {
      signal.removeEventListener('abort', waiter.stop);
      this.remove(id, waiter);
    }
  }

  /** Within a second, each at a moment of its own: all reads at once would occupy the pool. */
  private lookAllSoon(): void {
    for (const waiters of this.waiters.values())
      for (const waiter of waiters)
        setTimeout(() => {
          waiter.look();
        }, Math.random() * streamPolicy.aliveCheckMs).unref();
  }

  private add(id: string, waiter: Waiter): void {
    this.waiters.set(id, (this.waiters.get(id) ?? new Set()).add(waiter));
  }

  private remove(id: string, waiter: Waiter): void {
    const waiters = this.waiters.get(id);
    waiters?.delete(waiter);
    if (waiters?.size === 0) this.waiters.delete(id);
  }
}

/** Changes that are told while somebody is busy reading count for the next wait. */
class Changes {
  private told = false;
  private stopped = false;
  private wake: (() => void) | null = null;

  tell(): void {
    this.told = true;
    this.wake?.();
  }

  stop(): void {
    this.stopped = true;
    this.wake?.();
  }

  /** After a change, or after `ms`; false once it was stopped. */
  async next(ms: number): Promise<boolean> {
    if (!this.told && !this.stopped)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    this.wake = null;
    this.told = false;
    return !this.stopped;
  }
}

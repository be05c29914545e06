import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { streamPolicy } from '../../../../config/policy/generations/streams.js';
import { Problem } from '../../../errors/problem.js';
import type { Caller } from '../../../guards/route/caller.js';
import { TokenLife } from '../../../guards/token/token-life.js';
import { Log } from '../../../observability/log.js';
import { anything, channels, Notifications } from '../../../ports/notifications.js';
import { EventStream } from './event-stream.js';
import { isFinished } from '../generation.js';
import { MediaLinks } from '../../storage/media-links.js';
import { toGeneration } from '../orders/generations.presenter.js';
import { GenerationsService } from '../orders/generations.service.js';
import { PeriodicTask } from '../../../tasks/periodic-task.js';

/** `Last-Event-ID` of a client that has received no event. */
export const noEvent = -1;

interface Watcher {
  readonly caller: Caller;
  readonly id: string;
  readonly stream: EventStream;
  /** When its state was last read; monotonic milliseconds. */
  shownAt: number;
}

/**
 * Live progress. A database notification says that a generation changed; each watcher is then sent its present state,
 * read with the watcher's own rights. So a stream shows the same on every instance, and a reconnect misses nothing.
 */
@Injectable()
export class GenerationEvents implements OnModuleInit, OnModuleDestroy {
  private readonly watchers = new Map<string, Set<Watcher>>();
  private count = 0;
  private isEnding = false;
  private unsubscribe: (() => void) | null = null;
  private readonly checking: PeriodicTask;

  constructor(
    private readonly notifications: Notifications,
    private readonly generations: GenerationsService,
    private readonly links: MediaLinks,
    private readonly tokens: TokenLife,
    private readonly log: Log,
  ) {
    this.checking = new PeriodicTask({
      everyMs: streamPolicy.aliveCheckMs,
      run: (signal) => this.endDeadStreams(signal),
      onError: (cause) => {
        log.warn('event streams could not be checked', { cause });
      },
    });
  }

  onModuleInit(): void {
    this.checking.start();
    this.unsubscribe = this.notifications.subscribe(
      channels.generations,
      (id) => {
        if (id === anything) this.showAllSoon();
        else for (const watcher of this.watchers.get(id) ?? []) void this.show(watcher);
      },
      () => {
        this.showAllSoon();
      },
    );
  }

  /** At a shutdown, before the listener closes: clients reconnect, to another instance. A stream that is still asked for ends too. */
  endAll(): void {
    this.isEnding = true;
    for (const watchers of this.watchers.values()) for (const { stream } of watchers) stream.end();
  }

  async onModuleDestroy(): Promise<void> {
    this.unsubscribe?.();
    this.endAll();
    await this.checking.stop();
  }

  /** @throws Problem `not_found`, `streams_exceeded` */
  async watch(caller: Caller, id: string, lastEventId: number, reply: FastifyReply): Promise<void> {
    const generation = await this.generations.get(caller, id);
    if (reply.request.method === 'HEAD') {
      await reply.header('content-type', 'text/event-stream; charset=utf-8').send();
      return;
    }
    // The client has received the last event: with 204, a browser's EventSource reconnects no more.
    if (isFinished(generation.status) && lastEventId === generation.version) {
      await reply.code(204).send();
      return;
    }
    // Disconnected meanwhile.
    if (reply.raw.destroyed) return;
    this.requireRoom(caller);
    // An id above the present one is of another stream, and says nothing about this one.
    const stream = new EventStream(reply, lastEventId > generation.version ? noEvent : lastEventId);
    const watcher: Watcher = { caller, id, stream, shownAt: performance.now() };
    const others = this.watchers.get(id) ?? new Set();
    this.watchers.set(id, others.add(watcher));
    this.count++;
    stream.onEnd(() => {
      this.count--;
      others.delete(watcher);
      if (others.size === 0) this.watchers.delete(id);
    });
    // Read after subscribing, so that a change in between is not lost.
    await this.show(watcher);
    if (this.isEnding) stream.end();
  }

  /** By the next check of all streams, a few at a time: 2000 reads at once would occupy the pool. */
  private showAllSoon(): void {
    for (const watchers of this.watchers.values())
      for (const watcher of watchers) watcher.shownAt = -Infinity;
  }

  private requireRoom(caller: Caller): void {
    let own = 0;
    for (const watchers of this.watchers.values())
      for (const watcher of watchers) if (watcher.caller.userId === caller.userId) own++;
    if (own >= streamPolicy.perUser || this.count >= streamPolicy.perInstance) {
      throw new Problem('streams_exceeded', { headers: { 'retry-after': '5' } });
    }
  }

  private async show(watcher: Watcher): Promise<void> {
    const { caller, id, stream } = watcher;
    watcher.shownAt = performance.now();
    try {
      const generation = await this.generations.get(caller, id);
      const event =
        generation.status === 'processing' || generation.status === 'submitting'
          ? 'progress'
          : generation.status;
      stream.send(
        // Later states have higher ids: a client that reconnects is not sent what it has received.
        generation.version,
        event === 'queued' ? 'status' : event,
        toGeneration(generation, await this.links.sign(generation.media)),
      );
      if (isFinished(generation.status)) stream.end();
    } catch (error) {
      // Deleted meanwhile, or the database is unavailable: the client reconnects and gets the error.
      this.log.debug('event stream ended', { generation_id: id, cause: error });
      stream.end();
    }
  }

  /** Where the database has to be asked, only a few tokens are checked at a time: 2000 streams must not occupy its pool. */
  private async endDeadStreams(signal: AbortSignal): Promise<void> {
    const watchers = [...this.watchers.values()].flatMap((of) => [...of]).values();
    await Promise.all(
      Array.from({ length: streamPolicy.concurrentChecks }, () => this.endDeadOf(watchers, signal)),
    );
  }

  private async endDeadOf(watchers: Iterable<Watcher>, signal: AbortSignal): Promise<void> {
    for (const watcher of watchers) {
      if (signal.aborted) return;
      const alive = this.tokens.isAlive(watcher.caller);
      if (!(typeof alive === 'boolean' ? alive : await alive)) watcher.stream.end();
      else if (performance.now() - watcher.shownAt > streamPolicy.lookAgainMs) await this.show(watcher);
    }
  }
}

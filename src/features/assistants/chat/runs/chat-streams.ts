import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { chatPolicy } from '../../../../../config/policy/assistants/chat.js';
import { streamPolicy } from '../../../../../config/policy/generations/streams.js';
import { Problem } from '../../../../errors/problem.js';
import { sharerOf, type Caller } from '../../../../guards/route/caller.js';
import { TokenLife } from '../../../../guards/token/token-life.js';
import { Log } from '../../../../observability/log.js';
import { PeriodicTask } from '../../../../tasks/periodic-task.js';
import type { ChatRun } from './chat-run.js';
import { ChatRuns } from './chat-runs.service.js';
import { RunsRepository } from './runs.repository.js';
import { UiMessageStream } from './ui-message-stream.js';

interface Open {
  readonly caller: Caller;
  readonly stream: UiMessageStream;
}

/** Answers as streams, to whoever asked for them and to whoever comes back. A stream ends with its token, the answer does not. */
@Injectable()
export class ChatStreams implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly open = new Set<Open>();
  private readonly checking: PeriodicTask;

  constructor(
    private readonly given: ChatRuns,
    private readonly runs: RunsRepository,
    private readonly tokens: TokenLife,
    log: Log,
  ) {
    this.checking = new PeriodicTask({
      everyMs: streamPolicy.aliveCheckMs,
      run: () => this.cutDead(),
      onError: (cause) => {
        log.warn('streams of answers could not be checked', { cause });
      },
    });
  }

  onApplicationBootstrap(): void {
    this.checking.start();
  }

  async onModuleDestroy(): Promise<void> {
    for (const { stream } of this.open) stream.cut();
    await this.checking.stop();
  }

  /** @throws Problem `streams_exceeded`; to be asked before anything is stored */
  requireRoom(asking: Caller): void {
    let own = 0;
    for (const { caller } of this.open) if (sharerOf(caller) === sharerOf(asking)) own++;
    if (own >= streamPolicy.perUser || this.open.size >= streamPolicy.perInstance)
      throw new Problem('streams_exceeded', { headers: { 'retry-after': '5' } });
  }

  /** The answer as it is given here. */
  show(caller: Caller, run: ChatRun, reply: FastifyReply): void {
    const stream = this.begin(caller, reply);
    stream.onClose(run.follow(stream));
  }

  /** A running answer from its start, wherever it is given; false when none runs. @throws Problem `streams_exceeded` */
  async resume(caller: Caller, conversationId: string, reply: FastifyReply): Promise<boolean> {
    const runId = await this.runs.running(caller, conversationId);
    if (runId === null) return false;
    this.requireRoom(caller);
    const here = this.given.find(runId);
    if (here !== null) {
      this.show(caller, here, reply);
      return true;
    }
    const stream = this.begin(caller, reply);
    let number = 0;
    while (stream.isOpen) {
      const found = await this.runs.partsFrom(runId, number).catch(() => null);
      // The database is away: the client comes back.
      if (found === null) {
        stream.cut();
        return true;
      }
      for (const part of found.parts) stream.part(part);
      number += found.parts.length;
      if (!found.isRunning) {
        stream.end();
        return true;
      }
      await new Promise((resolve) => setTimeout(resolve, chatPolicy.resumeEveryMs).unref());
    }
    return true;
  }

  private begin(caller: Caller, reply: FastifyReply): UiMessageStream {
    const one: Open = { caller, stream: new UiMessageStream(reply) };
    this.open.add(one);
    one.stream.onClose(() => this.open.delete(one));
    return one.stream;
  }

  private async cutDead(): Promise<void> {
    for (const { caller, stream } of [...this.open]) if (!(await this.tokens.isAlive(caller))) stream.cut();
  }
}

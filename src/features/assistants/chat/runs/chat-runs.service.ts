import { setTimeout as sleep } from 'node:timers/promises';
import {
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { chatPolicy } from '../../../../../config/policy/assistants/chat.js';
import { drainTimeoutMs } from '../../../../../config/policy/perimeter/http.js';
import { Log } from '../../../../observability/log.js';
import { PeriodicTask } from '../../../../tasks/periodic-task.js';
import { within } from '../../../../tasks/within.js';
import type { AiCall } from '../../gateway/ai-call.js';
import { AnswerWriter, type AnswerFrame } from './answer-writer.js';
import { ChatRun } from './chat-run.js';
import { RunsRepository, type EndedAnswer, type RunParts } from './runs.repository.js';

/** How a question is asked, and what its answer has besides its text. */
export interface PreparedCall {
  readonly call: AiCall;
  readonly frame: AnswerFrame;
}

/**
 * The answers that are given on this instance. They go on when their client goes away, and are written in batches for all of
 * them together, so that the client comes back to them on any instance.
 */
@Injectable()
export class ChatRuns implements OnApplicationBootstrap, BeforeApplicationShutdown, OnModuleDestroy {
  private readonly runs = new Map<string, ChatRun>();
  private readonly finishing = new Set<Promise<void>>();
  private readonly task: PeriodicTask;

  constructor(
    private readonly writer: AnswerWriter,
    private readonly repository: RunsRepository,
    private readonly log: Log,
  ) {
    this.task = new PeriodicTask({
      everyMs: chatPolicy.flushEveryMs,
      run: () => this.flush(),
      onError: (cause) => {
        log.warn('parts of answers could not be written', { cause });
      },
    });
  }

  onApplicationBootstrap(): void {
    this.task.start();
  }

  /** The gateway ends what runs; here it is waited for until it is stored. */
  async beforeApplicationShutdown(): Promise<void> {
    const all = Promise.all([...this.runs.values()].map(({ ended }) => ended)).then(() =>
      Promise.allSettled(this.finishing),
    );
    await within(all, drainTimeoutMs, 'answers are not stored').catch(() => undefined);
  }

  onModuleDestroy(): Promise<void> {
    return this.task.stop();
  }

  /** Gives an answer in the background. `prepare`: for the signal that ends it. */
  start(run: ChatRun, prepare: (signal: AbortSignal) => Promise<PreparedCall>): void {
    this.runs.set(run.id, run);
    const work = this.give(run, prepare).finally(() => this.finishing.delete(work));
    this.finishing.add(work);
  }

  find(id: string): ChatRun | null {
    return this.runs.get(id) ?? null;
  }

  private async give(run: ChatRun, prepare: (signal: AbortSignal) => Promise<PreparedCall>): Promise<void> {
    let answer: EndedAnswer;
    try {
      const { call, frame } = await prepare(run.stopping.signal);
      answer = await this.writer.write(run, call, frame);
    } catch (cause) {
      this.log.error('an answer failed', { cause });
      answer = { text: '', path: 'fallback', reason: 'ai_error', model: null, ended: 'broken', sources: [] };
    }
    // Stored before anybody is told that it has ended: a client that reads it again finds it.
    const isStored = await this.finish(run, run.kept(answer));
    this.runs.delete(run.id);
    run.end(isStored ? answer : { ...answer, ended: 'broken' });
  }

  /** Tries for as long as the parts are written and the run is known to be alive; false when another instance ended it, or in vain. */
  private async finish(run: ChatRun, answer: EndedAnswer): Promise<boolean> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.repository.finish(run.id, run.takeUnwritten(), answer);
      } catch (cause) {
        if (tries === chatPolicy.finishTries) {
          this.log.warn('the end of an answer is left to the sweep', { cause });
          return false;
        }
        await sleep(chatPolicy.finishRetryMs * tries, undefined, { ref: false });
      }
    }
  }

  private async flush(): Promise<void> {
    const runs = [...this.runs.values()];
    if (runs.length === 0) return;
    const alive = runs.map(({ id }) => id);
    const taken = runs.map((run) => run.takeUnwritten());
    const found = await this.repository.write(taken.flat(), alive).then(
      (written) => {
        for (const [at, run] of runs.entries()) run.confirm(behind(taken[at] ?? []));
        return written;
      },
      () => this.writeOneByOne(runs, alive),
    );
    // Gone with its conversation, taken for lost, or to be stopped. One that ended meanwhile is gone from here.
    for (const run of runs) if (found.get(run.id) !== false && this.runs.has(run.id)) run.stopping.abort();
  }

  /** What cannot be written of one answer keeps no other from being written, and from being known to be alive. */
  private async writeOneByOne(
    runs: readonly ChatRun[],
    alive: readonly string[],
  ): Promise<ReadonlyMap<string, boolean>> {
    const found = await this.repository.write([], alive);
    for (const run of runs) {
      const parts = run.takeUnwritten();
      await this.repository.write(parts, [run.id]).then(
        () => {
          run.confirm(behind(parts));
        },
        (cause: unknown) => {
          this.log.warn('parts of an answer could not be written', { cause });
        },
      );
    }
    return found;
  }
}

/** The number behind the last of these rows. */
const behind = (parts: readonly RunParts[]): number => (parts.at(-1)?.number ?? -1) + 1;

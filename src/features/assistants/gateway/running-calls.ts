import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Log } from '../../../observability/log.js';
import { channels, Notifications } from '../../../ports/notifications.js';
import { AiSwitch } from '../../ai-switch/ai-switch.service.js';
import { SwitchedOff, type ModelAttempt } from './attempt/model-attempt.js';

/**
 * The calls that run on this instance. When the kill switch is turned off anywhere, they are aborted here: the database tells
 * every instance, and one that was not connected asks once it is again. Bounded by the limits on calls.
 */
@Injectable()
export class RunningCalls implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly attempts = new Set<ModelAttempt>();
  private stopListening: (() => void) | null = null;
  private changes = 0;
  private stopping = false;

  constructor(
    private readonly notifications: Notifications,
    private readonly ai: AiSwitch,
    private readonly log: Log,
  ) {}

  get count(): number {
    return this.attempts.size;
  }

  /** How often the switch was said to have changed: a call that was being reserved meanwhile is not among the running ones. */
  get switchChanges(): number {
    return this.changes;
  }

  onApplicationBootstrap(): void {
    const look = (): void => {
      this.changes++;
      if (this.attempts.size > 0) void this.look();
    };
    this.stopListening = this.notifications.subscribe(channels.aiSwitch, look, look);
  }

  onModuleDestroy(): void {
    this.stopListening?.();
  }

  /** From then on no call begins here. */
  get isStopping(): boolean {
    return this.stopping;
  }

  stop(cause: Error): void {
    this.stopping = true;
    this.abortAll(cause);
  }

  add(attempt: ModelAttempt): void {
    this.attempts.add(attempt);
  }

  remove(attempt: ModelAttempt): void {
    this.attempts.delete(attempt);
  }

  abortAll(cause: Error): void {
    for (const attempt of [...this.attempts]) attempt.abort(cause);
  }

  /** A notification is only a hint: the switch itself is read. When it cannot be, the calls end. */
  private async look(): Promise<void> {
    const isOn = await this.ai.read().then(
      ({ effective }) => effective,
      (cause: unknown) => {
        this.log.warn('the kill switch cannot be read: running calls of language models end', { cause });
        return false;
      },
    );
    if (!isOn) this.abortAll(new SwitchedOff());
  }
}

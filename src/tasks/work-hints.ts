import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Announcements, channels, Notifications } from '../ports/notifications.js';

/** Queues whose work is begun at once, by whoever takes jobs (`ROLE`). */
export type Work = 'generations' | 'messages' | 'exports' | 'webhooks';

/**
 * From whoever adds work to whoever does it: to the worker of this instance, and where it has none, to those of all others once the work is
 * committed. A hint that is lost costs the worker's next look.
 */
@Injectable()
export class WorkHints implements OnModuleDestroy {
  private readonly workers = new Map<Work, () => void>();
  private stopListening: (() => void) | null = null;

  constructor(
    private readonly announcements: Announcements,
    private readonly notifications: Notifications,
  ) {}

  /** `wake`: of the worker of this instance. */
  workHere(work: Work, wake: () => void): void {
    this.workers.set(work, wake);
    this.stopListening ??= this.notifications.subscribe(channels.work, (told) => {
      // Anybody may send any text: what is no work of ours wakes nobody.
      this.workers.get(told as Work)?.();
    });
  }

  tell(work: Work): void {
    const wake = this.workers.get(work);
    if (wake === undefined) this.announcements.announce(channels.work, work);
    else wake();
  }

  onModuleDestroy(): void {
    this.stopListening?.();
  }
}

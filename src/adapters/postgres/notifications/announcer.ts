import { feedPolicy } from '../../../../config/policy/operations/feed.js';
import { anything } from '../../../ports/notifications.js';

const { announceEveryMs, announceAgainMs, announced } = feedPolicy;

/** What is told on one channel. */
export interface Announcement {
  readonly channel: string;
  readonly payload: string;
}

/** Another way for announcements than NOTIFY, which every instance has. */
export interface AnnouncementRelay {
  /** Starts connecting, and tells what any instance has published on these channels, and on no other. `onConnect`: from now on, and what came before may have been missed. */
  open(channels: Iterable<string>, onNote: (note: Announcement) => void, onConnect: () => void): void;
  /** @throws Error when this instance itself may not hear it; what was sent may be sent again another way */
  publish(notes: readonly Announcement[]): Promise<void>;
  close(): void;
}

/**
 * Sends announcements together: at once where none was sent a moment ago, else at the end of that moment. Equal ones are one. What
 * could not be sent is sent again with what comes; a channel on which too many wait is told once that anything may have changed.
 */
export class Announcer {
  private readonly waiting = new Map<string, Set<string>>();
  private timer: NodeJS.Timeout | null = null;
  private sending: Promise<void> | null = null;
  /** Nothing is sent before then; monotonic milliseconds. */
  private notBefore = -Infinity;

  constructor(private readonly send: (announcements: readonly Announcement[]) => Promise<void>) {}

  add({ channel, payload }: Announcement): void {
    this.keep(channel, payload);
    this.schedule();
  }

  /** Sends what waits now; resolves when it is sent, or could not be. */
  async flush(): Promise<void> {
    while (this.sending !== null) await this.sending;
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    if (this.waiting.size === 0) return;
    this.sending = this.sendWaiting().finally(() => {
      this.sending = null;
      if (this.waiting.size > 0) this.schedule();
    });
    await this.sending;
  }

  private keep(channel: string, payload: string): void {
    const payloads = this.waiting.get(channel) ?? new Set();
    if (payloads.has(anything)) return;
    const isFull = payloads.size >= announced || payload === anything;
    this.waiting.set(channel, isFull ? new Set([anything]) : payloads.add(payload));
  }

  private schedule(): void {
    if (this.timer !== null || this.sending !== null) return;
    const waitMs = Math.max(0, this.notBefore - performance.now());
    this.timer = setTimeout(() => {
      this.timer = null;
      void this.flush();
    }, waitMs).unref();
  }

  private async sendWaiting(): Promise<void> {
    const announcements = [...this.waiting].flatMap(([channel, payloads]) =>
      [...payloads].map((payload) => ({ channel, payload })),
    );
    this.waiting.clear();
    try {
      await this.send(announcements);
      this.notBefore = performance.now() + announceEveryMs;
    } catch {
      // Those that listen look for themselves meanwhile; the connection says why it is gone.
      for (const { channel, payload } of announcements) this.keep(channel, payload);
      this.notBefore = performance.now() + announceAgainMs;
    }
  }
}

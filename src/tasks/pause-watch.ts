/**
 * Notices when the event loop did not turn: this process was busy, and what others sent meanwhile waits unread. A clock
 * alone cannot tell that from silence.
 */
export class PauseWatch {
  private turnedAt = performance.now();
  private resumedAt = -Infinity;
  private readonly timer: NodeJS.Timeout;

  /** `pauseMs`: the least duration of a pause. */
  constructor(private readonly pauseMs: number) {
    this.timer = setInterval(() => {
      this.turn();
    }, pauseMs / 4);
    this.timer.unref();
  }

  /** When the latest pause ended, in milliseconds of the monotonic clock: `now` when nothing has been read since. */
  endOfPause(now = performance.now()): number {
    return now - this.turnedAt > this.pauseMs ? now : this.resumedAt;
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private turn(): void {
    const now = performance.now();
    if (now - this.turnedAt > this.pauseMs) this.resumedAt = now;
    this.turnedAt = now;
  }
}

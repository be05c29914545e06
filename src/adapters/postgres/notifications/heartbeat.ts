/** Heartbeats under way at most; older ones have been lost with their connection. */
const maxUnderWay = 16;

/**
 * Heartbeats that were sent and come back. What counts is when one was sent, not when it was read: one that waited on the
 * socket during a pause of this process proves nothing about the time since.
 */
export class Heartbeat {
  private readonly underWay = new Map<string, number>();
  private waiting: { readonly since: number; readonly resolve: () => void }[] = [];
  private sequence = 0;
  private latest = -Infinity;

  /** When the latest heartbeat that came back was sent, in milliseconds of the monotonic clock. */
  get provenAt(): number {
    return this.latest;
  }

  /** Resolves when a heartbeat that was sent at `moment` or later has come back. */
  provenSince(moment: number): Promise<void> {
    return new Promise((resolve) => this.waiting.push({ since: moment, resolve }));
  }

  /** The text of one more heartbeat, which is sent now. */
  send(): string {
    const text = String(++this.sequence);
    const [oldest] = this.underWay.keys();
    if (this.underWay.size >= maxUnderWay && oldest !== undefined) this.underWay.delete(oldest);
    this.underWay.set(text, performance.now());
    return text;
  }

  /** Any other text, and one that came back already, is ignored. */
  heard(text: string): void {
    const sentAt = this.underWay.get(text);
    if (sentAt === undefined) return;
    this.underWay.delete(text);
    this.latest = Math.max(this.latest, sentAt);
    for (const { since, resolve } of this.waiting) if (since <= this.latest) resolve();
    this.waiting = this.waiting.filter(({ since }) => since > this.latest);
  }
}

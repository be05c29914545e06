import { feedPolicy } from '../../../../config/policy/operations/feed.js';

/** Delivers equal texts in close succession once: the first at once, and those that follow together a moment later. */
export class NoteCoalescer {
  /** Delivered within the last moment; true: came again since. */
  private readonly recent = new Map<string, boolean>();

  constructor(private readonly deliver: (payload: string) => void) {}

  add(payload: string): void {
    if (this.recent.has(payload)) {
      this.recent.set(payload, true);
      return;
    }
    this.deliver(payload);
    if (this.recent.size >= feedPolicy.coalesced) return;
    this.recent.set(payload, false);
    setTimeout(() => {
      const cameAgain = this.recent.get(payload) === true;
      this.recent.delete(payload);
      if (cameAgain) this.add(payload);
    }, feedPolicy.coalesceMs).unref();
  }
}

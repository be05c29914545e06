/** Told of each request whose trusted proxy named its client in a form that cannot be read. */
interface Listeners {
  /** Once, with the name of the header; never with its content. */
  readonly warn: (header: string) => void;
  readonly count: () => void;
}

/**
 * Such a request is counted as one of the proxy: with all others of its kind, whoever sent it. A misconfigured proxy is
 * therefore reported, once, and its requests are counted.
 */
export class UnreadableAddresses {
  private listeners: Listeners | null = null;
  private hasWarned = false;

  /** Requests come later than this. */
  report(listeners: Listeners): void {
    this.listeners = listeners;
  }

  note(header: string): void {
    this.listeners?.count();
    if (this.hasWarned) return;
    this.hasWarned = true;
    this.listeners?.warn(header);
  }
}

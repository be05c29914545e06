/** The public base URL of this service: configured, or in development the address that it listens on. */
export class PublicUrl {
  private value: string | null;
  private waiting: ((url: string) => void)[] = [];

  constructor(configured: string | null) {
    this.value = configured?.replace(/\/+$/, '') ?? null;
  }

  /** Without a trailing slash. */
  get(): string {
    if (this.value === null) throw new Error('the address is not known before the service listens');
    return this.value;
  }

  /** The same; null before the service listens where none is configured. */
  find(): string | null {
    return this.value;
  }

  /** The same, once it is known: work may begin before the service listens. Rejects with the reason of `signal`. */
  async whenKnown(signal: AbortSignal): Promise<string> {
    signal.throwIfAborted();
    if (this.value !== null) return this.value;
    return new Promise((resolve, reject) => {
      this.waiting.push(resolve);
      signal.addEventListener('abort', () => {
        reject(signal.reason as Error);
      });
    });
  }

  /** Called once the service listens; a configured URL is kept. */
  listeningOn(url: string): void {
    this.value ??= url;
    for (const resolve of this.waiting.splice(0)) resolve(this.value);
  }
}

/** The public base URL of this service: configured, or in development the address that it listens on. */
export class PublicUrl {
  private value: string | null;

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

  /** Called once the service listens; a configured URL is kept. */
  listeningOn(url: string): void {
    this.value ??= url;
  }
}

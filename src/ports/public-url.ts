/** Where this service is reached: configured, or in development the address that it came to listen on. */
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

  /** Told once the service listens; a configured address stays. */
  listeningOn(url: string): void {
    this.value ??= url;
  }
}

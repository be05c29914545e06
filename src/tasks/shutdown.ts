/** Whether the instance is being stopped. From then on it is not ready, and every answer closes its connection. */
export class Shutdown {
  private begun = false;

  get hasBegun(): boolean {
    return this.begun;
  }

  begin(): void {
    this.begun = true;
  }
}

/** Why work is aborted at a stop: it says nothing about whoever the work was with. */
export class InstanceStopping extends Error {
  override readonly name = 'InstanceStopping';
  constructor() {
    super('the instance is stopping');
  }
}

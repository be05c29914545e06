import { storageHealthPolicy } from '../../../config/policy/generations/storage.js';
import { StorageHealth } from '../../ports/object-storage.js';
import { PeriodicTask } from '../../tasks/periodic-task.js';

export interface Trials {
  /** Stores an object and removes it. Rejects while the storage refuses it. */
  tryOut(): Promise<void>;
  /** Whether the storage has room for more, as far as it says so. */
  hasRoom(): Promise<boolean>;
}

/**
 * The health of a storage, by what becomes of the objects that are stored. It is looked at every few seconds, and tried out only
 * while it refuses and nothing was stored since: requests for the health cause no write, and a storage with room for small
 * objects only does not change its state with each of them.
 */
export class StoreMonitor extends StorageHealth {
  private up = true;
  private cause: unknown;
  private isRefusing = false;
  private hasAccepted = false;
  private refusals = 0;
  private readonly listeners: ((up: boolean, cause: unknown) => void)[] = [];
  private readonly looking: PeriodicTask;

  /** `everyMs`: milliseconds between two looks. */
  constructor(
    private readonly trials: Trials,
    everyMs: number = storageHealthPolicy.lookEveryMs,
  ) {
    super();
    this.looking = new PeriodicTask({
      everyMs,
      run: () => this.look(),
      onError: (cause) => {
        this.turn(false, cause);
      },
    });
  }

  open(): void {
    this.looking.start();
  }

  close(): Promise<void> {
    return this.looking.stop();
  }

  isUp(): boolean {
    return this.up;
  }

  listen(listener: (up: boolean, cause: unknown) => void): void {
    this.listeners.push(listener);
    if (!this.up) listener(false, this.cause);
  }

  /** An object was stored. */
  accepted(): void {
    this.hasAccepted = true;
  }

  /** An object was not stored, because of the storage. */
  refused(cause: unknown): void {
    this.isRefusing = true;
    this.hasAccepted = false;
    this.refusals++;
    this.turn(false, cause);
  }

  private async look(): Promise<void> {
    const { refusals } = this;
    if (!(await this.trials.hasRoom())) {
      this.turn(false, new Error('the storage has no room left'));
      return;
    }
    if (this.isRefusing && !this.hasAccepted) await this.trials.tryOut();
    // What was refused meanwhile is newer than what was found.
    if (this.refusals !== refusals) return;
    this.isRefusing = false;
    this.turn(true);
  }

  private turn(up: boolean, cause?: unknown): void {
    if (up === this.up) return;
    this.up = up;
    this.cause = cause;
    for (const listener of this.listeners) listener(up, cause);
  }
}

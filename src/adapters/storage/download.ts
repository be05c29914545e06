import { Readable } from 'node:stream';
import { StorageUnavailable } from '../../ports/object-storage.js';
import { within } from '../../tasks/within.js';
import type { TransferLimits } from './transfer.js';

export const unread = (cause: unknown): StorageUnavailable =>
  new StorageUnavailable('the object was not read', { cause });

/**
 * An object on its way out of the storage, with timeouts that do not count the time its reader takes. Fails with
 * StorageUnavailable.
 */
export class Download extends Readable {
  private readonly pieces: AsyncIterator<Uint8Array>;
  private readonly end: number;

  constructor(
    private readonly source: Readable,
    private readonly limits: TransferLimits,
  ) {
    super();
    this.end = performance.now() + limits.wholeMs;
    // A source that fails between two reads must fail the next one, not end the process.
    source.on('error', () => undefined);
    this.pieces = source[Symbol.asyncIterator]();
  }

  override _read(): void {
    const left = Math.min(this.limits.silenceMs, this.end - performance.now());
    // A read of a disk that hangs cannot be aborted, so nothing waits for it.
    within(this.pieces.next(), left, 'the transfer stood still, or took too long').then(
      ({ done, value }) => this.push(done === true ? null : value),
      (cause: unknown) => this.destroy(unread(cause)),
    );
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.source.destroy();
    callback(error);
  }
}

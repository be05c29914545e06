import { Transform, type TransformCallback } from 'node:stream';
import { RemoteFileError } from '../../ports/remote-files.js';

/**
 * Passes a body through and ends without error only when it is complete: more than `maxBytes` is `too_large`, less than
 * declared is `unreachable`, and so is every connection error.
 */
export class MeasuredBody extends Transform {
  private passed = 0;

  constructor(
    private readonly maxBytes: number,
    private readonly announced: number | null,
  ) {
    super();
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.passed += chunk.length;
    if (this.passed > this.maxBytes) done(new RemoteFileError('too_large'));
    else done(null, chunk);
  }

  override _flush(done: TransformCallback): void {
    const isWhole = this.announced === null || this.passed === this.announced;
    done(isWhole ? null : new RemoteFileError('unreachable', new Error('the body is not whole')));
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    super._destroy(error, (fault) => {
      const cause = fault ?? error;
      done(
        cause === null || cause instanceof RemoteFileError
          ? cause
          : new RemoteFileError('unreachable', cause),
      );
    });
  }
}

import { createHash } from 'node:crypto';
import { Transform, Writable, type TransformCallback } from 'node:stream';

const newline = 0x0a;

/** Passes COPY text on; knows its SHA-256 and its rows, each of which ends with the only newline that is not escaped. */
export class CopyDigest extends Transform {
  private readonly hash = createHash('sha256');
  private lines = 0;

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.hash.update(chunk);
    for (let at = chunk.indexOf(newline); at !== -1; at = chunk.indexOf(newline, at + 1)) this.lines++;
    done(null, chunk);
  }

  /** After the last chunk, once. */
  result(): { readonly rows: number; readonly sha256: string } {
    return { rows: this.lines, sha256: this.hash.digest('hex') };
  }
}

/** The end of a pipeline that only verifies. */
export const nowhere = (): Writable =>
  new Writable({
    write(_chunk, _encoding, done) {
      done();
    },
  });

import { createHash, hash } from 'node:crypto';
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

/**
 * Passes COPY text on; knows a sum of its rows that is the same in any order, in which a table need not keep them. A sum of hashes: it finds
 * what was damaged, and is no proof against somebody who chooses rows.
 */
export class RowSum extends Transform {
  private readonly sums = new Uint32Array(8);
  private begun: Buffer[] = [];

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    let from = 0;
    for (let at = chunk.indexOf(newline); at !== -1; at = chunk.indexOf(newline, from)) {
      const end = chunk.subarray(from, at);
      this.add(this.begun.length === 0 ? end : Buffer.concat([...this.begun, end]));
      this.begun = [];
      from = at + 1;
    }
    // Its memory may be used again by who made it.
    if (from < chunk.length) this.begun.push(Buffer.from(chunk.subarray(from)));
    done(null, chunk);
  }

  get sum(): string {
    return Buffer.from(this.sums.buffer).toString('hex');
  }

  private add(row: Buffer): void {
    const digest = hash('sha256', row, 'buffer');
    for (let at = 0; at < 8; at++) this.sums[at] = (this.sums[at] ?? 0) + digest.readUInt32LE(at * 4);
  }
}

/** The end of a pipeline that only verifies. */
export const nowhere = (): Writable =>
  new Writable({
    write(_chunk, _encoding, done) {
      done();
    },
  });

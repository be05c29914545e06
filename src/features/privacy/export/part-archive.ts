import { pipeline, Readable, Transform } from 'node:stream';
import yazl from 'yazl';

/** A zip that is read while it is made: one entry is open at a time, and none is held in memory. */
export class PartArchive {
  /** The zip itself. Whoever reads it slowly slows down what is added. */
  readonly body: Readable;
  private written = 0;
  private readonly zip = new yazl.ZipFile();
  /** Rejects when the archive fails, whoever is waiting then. */
  private readonly failed = Promise.withResolvers<never>();
  private open: Readable | null = null;

  constructor() {
    // Nobody may be waiting.
    this.failed.promise.catch(() => undefined);
    const counting = new Transform({
      transform: (piece: Buffer, _encoding, done) => {
        this.written += piece.length;
        done(null, piece);
      },
    });
    this.body = counting;
    this.zip.once('error', (cause) => {
      this.fail(cause);
    });
    // The one ends with the other: nobody waits for an archive that nobody reads.
    pipeline(this.zip.outputStream, counting, (cause) => {
      if (cause) this.fail(cause);
    });
  }

  /** Of the zip so far. */
  get bytes(): number {
    return this.written;
  }

  addText(name: string, pieces: Iterable<string> | AsyncIterable<string>): Promise<void> {
    return this.addStream(name, Readable.from(pieces, { objectMode: false }), true);
  }

  /** Resolves when all of it is in the archive. @throws what the stream, or who reads the archive, fails with */
  async addStream(name: string, stream: Readable, compress: boolean): Promise<void> {
    this.open = stream;
    const ended = new Promise<void>((resolve, reject) => {
      stream.once('end', resolve).once('error', reject);
    });
    let added: Readable | null = stream;
    this.zip.addReadStreamLazy(name, { compress, mtime: new Date(0) }, (give) => {
      if (added !== null) give(null, added);
      // The library keeps this function to the end of the archive, and with it would keep every stream.
      added = null;
    });
    await Promise.race([ended, this.failed.promise]);
    this.open = null;
  }

  addBuffer(text: string, name: string): void {
    this.zip.addBuffer(Buffer.from(text), name, { mtime: new Date(0) });
  }

  end(): void {
    this.zip.end();
  }

  /** Ends it with an error, for who reads it and who adds to it; what is being added is closed. */
  fail(cause: unknown): void {
    const error = cause instanceof Error ? cause : new Error(String(cause));
    this.failed.reject(error);
    this.open?.destroy();
    this.body.destroy(error);
  }
}

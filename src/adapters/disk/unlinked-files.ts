import { randomUUID } from 'node:crypto';
import { open, rm, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { StorageUnavailable } from '../../ports/object-storage.js';
import { TemporaryFiles, type TemporaryFile } from '../../ports/uploads/temporary-files.js';

/** Bytes of one piece of a stream. */
const pieceBytes = 64 * 1024;

/** Files below the folder for temporary ones whose names are removed as soon as they are open: the kernel frees them with the process, after a kill too. */
export class UnlinkedFiles extends TemporaryFiles {
  constructor(private readonly folder = tmpdir()) {
    super();
  }

  async open(): Promise<TemporaryFile> {
    const path = join(this.folder, `velro-${randomUUID()}.upload`);
    try {
      const handle = await open(path, 'wx+', 0o600);
      // Windows removes no open file; there it goes when it is closed.
      const isUnlinked = await rm(path).then(
        () => true,
        () => false,
      );
      return new UnlinkedFile(handle, isUnlinked ? null : path);
    } catch (cause) {
      throw new StorageUnavailable('no temporary file was opened', { cause });
    }
  }
}

class UnlinkedFile implements TemporaryFile {
  private size = 0;
  private isClosed = false;

  constructor(
    private readonly handle: FileHandle,
    private readonly path: string | null,
  ) {}

  get bytes(): number {
    return this.size;
  }

  async append(piece: Uint8Array): Promise<void> {
    for (let at = 0; at < piece.length;) {
      const { bytesWritten } = await this.handle
        .write(piece, at, piece.length - at, this.size)
        .catch((cause: unknown) => {
          throw new StorageUnavailable('the temporary file takes no more', { cause });
        });
      at += bytesWritten;
      this.size += bytesWritten;
    }
  }

  async read(from: number, length: number): Promise<Buffer> {
    const wanted = Math.max(0, Math.min(length, this.size - from));
    const buffer = Buffer.allocUnsafe(wanted);
    let read = 0;
    while (read < wanted) {
      const { bytesRead } = await this.handle.read(buffer, read, wanted - read, from + read);
      if (bytesRead === 0) break;
      read += bytesRead;
    }
    return buffer.subarray(0, read);
  }

  async each(visit: (piece: Buffer) => void): Promise<void> {
    // One for all of it: a buffer a piece would be garbage faster than it is collected.
    const buffer = Buffer.allocUnsafe(pieceBytes);
    for (let at = 0; at < this.size;) {
      const { bytesRead } = await this.handle.read(buffer, 0, Math.min(pieceBytes, this.size - at), at);
      if (bytesRead === 0) return;
      at += bytesRead;
      visit(buffer.subarray(0, bytesRead));
    }
  }

  stream(from = 0, to = this.size): Readable {
    return Readable.from(this.pieces(from, to), { objectMode: false });
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    await this.handle.close();
    if (this.path !== null) await rm(this.path, { force: true });
  }

  private async *pieces(from: number, to: number): AsyncGenerator<Buffer> {
    for (let at = from; at < to;) {
      const piece = await this.read(at, Math.min(pieceBytes, to - at));
      if (piece.length === 0) return;
      at += piece.length;
      yield piece;
    }
  }
}

import type { Readable } from 'node:stream';

/** Bytes on their way in, outside of memory. Gone when it is closed, and with the process, however that ends. */
export interface TemporaryFile {
  readonly bytes: number;
  /** Appends. @throws StorageUnavailable when there is no room */
  append(piece: Uint8Array): Promise<void>;
  /** The bytes from `from` on, at most `length`; fewer at the end. */
  read(from: number, length: number): Promise<Buffer>;
  /** Passes all bytes to `visit`, piece by piece: each is overwritten by the next one. */
  each(visit: (piece: Buffer) => void): Promise<void>;
  /** From `from` to before `to`. Several may be read at once. */
  stream(from?: number, to?: number): Readable;
  close(): Promise<void>;
}

export abstract class TemporaryFiles {
  /** An empty one, without a name that anybody else could open. @throws StorageUnavailable */
  abstract open(): Promise<TemporaryFile>;
}

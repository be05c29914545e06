import type { TemporaryFile } from '../../../ports/uploads/temporary-files.js';

/** A file as it came, all of it: nothing about it is believed yet. */
export interface ReceivedFile {
  readonly name: string;
  /** The MIME type that the client declares. */
  readonly declaredType: string;
  readonly file: TemporaryFile;
}

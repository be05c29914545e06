import { createHash } from 'node:crypto';
import type { StoredFile } from './stored-files.js';

/** The bytes are not those of the file. */
export class OtherContent extends Error {
  override readonly name = 'OtherContent';
}

/**
 * A stage of a pipeline that passes bytes on, and fails at their end when they are not those of the file: what stores nothing of a stream that
 * fails stores no other content.
 */
export function verifiedContent({ bytes, sha256 }: Pick<StoredFile, 'bytes' | 'sha256'>) {
  return async function* (source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const hash = createHash('sha256');
    let size = 0;
    for await (const piece of source) {
      size += piece.length;
      if (size > bytes) throw new OtherContent('there is more than the file has');
      hash.update(piece);
      yield piece;
    }
    if (size !== bytes || hash.digest('hex') !== sha256) throw new OtherContent('the content is another one');
  };
}

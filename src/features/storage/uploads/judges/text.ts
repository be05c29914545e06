import { isUtf8 } from 'node:buffer';
import type { TemporaryFile } from '../../../../ports/uploads/temporary-files.js';
import { refusedContent } from '../file-refused.js';

/** Bytes that no text has: control characters but tabs, line breaks and form feeds. */
const hidden = new Uint8Array(256);
for (let code = 0; code < 32; code++) hidden[code] = 1;
for (const code of [9, 10, 12, 13]) hidden[code] = 0;
hidden[127] = 1;

/**
 * UTF-8 without control characters but tabs, line breaks and form feeds. Of the bytes no text is made: that of a large file would be garbage
 * faster than it is collected. @throws FileRefused
 */
export async function judgeText(file: Pick<TemporaryFile, 'each'>): Promise<void> {
  /** The beginning of a character whose other bytes come with the next piece. */
  let rest: Buffer = Buffer.alloc(0);
  await file.each((piece) => {
    for (const byte of piece) if (hidden[byte] === 1) throw refusedContent('hidden_bytes');
    const bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    const end = endOfCharacters(bytes);
    if (!isUtf8(bytes.subarray(0, end))) throw refusedContent('damaged');
    rest = Buffer.from(bytes.subarray(end));
  });
  if (rest.length > 0) throw refusedContent('damaged');
}

/** Where the last whole character ends: a further one may have begun, with at most three bytes. */
function endOfCharacters(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return needed > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

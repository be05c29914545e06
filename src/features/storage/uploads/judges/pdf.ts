import { createInflate } from 'node:zlib';
import { uploadPolicy } from '../../../../../config/policy/generations/uploads.js';
import { hasCode } from '../../../../../config/values/system-error.js';
import type { TemporaryFile } from '../../../../ports/uploads/temporary-files.js';
import { FileRefused, refusedContent } from '../file-refused.js';
import { Expansion } from './expansion.js';

/** Bytes that are looked at together, and those of one look that the next one sees again. */
const windowBytes = 1024 * 1024;
const seamBytes = 64;
/** Within the last bytes of a PDF stands its end, within the last of a zip its own. */
const tailBytes = 66_000;
const zipEnd = Buffer.from('PK\x05\x06', 'latin1');

/** `/Encrypt` in a trailer; names may be written with `#` and two digits in the place of any character (ISO 32000-2, 7.3.5). */
const encryption = /\/(?:E|#45)(?:n|#6e)(?:c|#63)(?:r|#72)(?:y|#79)(?:p|#70)(?:t|#74)(?![A-Za-z0-9])/i;
const streamStart = /stream\r?\n/g;

/**
 * A PDF that ends as one, is not encrypted, is no zip as well, and whose compressed streams expand within bounds. What its dictionaries say
 * of the streams is not believed: whatever follows the word and begins as zlib does is expanded.
 * @throws FileRefused, or the signal's reason
 */
export async function judgePdf(file: TemporaryFile, signal: AbortSignal): Promise<void> {
  const tail = await file.read(Math.max(0, file.bytes - tailBytes), tailBytes);
  if (tail.includes(zipEnd)) throw refusedContent('hidden_bytes');
  if (!/%%EOF[\s\0]*$/.test(tail.toString('latin1'))) throw refusedContent('hidden_bytes');
  const expansion = new Expansion();
  let found = 0;
  for (let at = 0; at < file.bytes; at += windowBytes - seamBytes) {
    signal.throwIfAborted();
    const text = (await file.read(at, windowBytes)).toString('latin1');
    if (encryption.test(text)) throw refusedContent('encrypted');
    for (const match of text.matchAll(streamStart)) {
      // Seen whole by the next look.
      if (match.index >= windowBytes - seamBytes) continue;
      const start = at + match.index + match[0].length;
      if (!beginsAsZlib(await file.read(start, 2))) continue;
      found += 1;
      if (found > uploadPolicy.parts) throw refusedContent('too_many_parts');
      expansion.begin();
      await expand(file, start, expansion, signal);
    }
  }
}

/** RFC 1950: deflate, a window of at most 32 KB, and a checksum over both bytes. */
function beginsAsZlib(head: Buffer): boolean {
  const [method = 0, flags = 0] = head;
  return (method & 0x0f) === 8 && method >> 4 <= 7 && ((method << 8) | flags) % 31 === 0;
}

/** Until the compressed data end, by themselves or because they are none. */
async function expand(
  file: TemporaryFile,
  start: number,
  expansion: Expansion,
  signal: AbortSignal,
): Promise<void> {
  const source = file.stream(start);
  const inflate = createInflate();
  source.on('error', (error) => inflate.destroy(error));
  try {
    for await (const piece of source.pipe(inflate) as AsyncIterable<Buffer>) {
      signal.throwIfAborted();
      expansion.add(piece);
    }
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof FileRefused) throw error;
    // Not compressed after all, or damaged: readers show what came before, and that was counted.
    if (!hasCode(error, 'Z_DATA_ERROR', 'Z_BUF_ERROR', 'Z_NEED_DICT')) throw error;
  } finally {
    source.destroy();
    inflate.destroy();
  }
}

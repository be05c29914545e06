import { Readable } from 'node:stream';

/**
 * `before`, the bytes in base64, and `after`, as they are read: nothing is in memory as a whole, however slowly a client reads. Fails
 * with the error of `bytes`, which is destroyed with it.
 */
export function base64Stream(before: string, bytes: Readable, after: string): Readable {
  const encoded = Readable.from(encode(before, bytes, after), { objectMode: false });
  encoded.once('close', () => bytes.destroy());
  return encoded;
}

async function* encode(before: string, bytes: Readable, after: string): AsyncGenerator<string> {
  yield before;
  let rest = Buffer.alloc(0);
  for await (const chunk of bytes) {
    const all = Buffer.concat([rest, chunk as Buffer]);
    // Three bytes are four characters: what is left over waits for the next ones.
    const whole = all.length - (all.length % 3);
    if (whole > 0) yield all.toString('base64', 0, whole);
    rest = all.subarray(whole);
  }
  if (rest.length > 0) yield rest.toString('base64');
  yield after;
}

/** Characters of so many bytes in base64. */
export const base64Length = (bytes: number): number => Math.ceil(bytes / 3) * 4;

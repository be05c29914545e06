import { constants, inflateSync } from 'node:zlib';
import { uploadPolicy } from '../../../../../config/policy/generations/uploads.js';
import { FileRefused, refusedContent } from '../file-refused.js';
import { EicarMatcher, eicarSignature } from './eicar.js';

const signatureBytes = 8;

/** Where the compressed part of such a chunk begins: after a keyword and a method, and in iTXt after two further texts. */
const compressedAt: Readonly<Record<string, (data: Buffer) => number>> = {
  zTXt: (data) => data.indexOf(0) + 2,
  iCCP: (data) => data.indexOf(0) + 2,
  iTXt: (data) => {
    const flags = data.indexOf(0) + 1;
    if (data[flags] !== 1) return data.length;
    const language = data.indexOf(0, flags + 2);
    return language === -1 ? data.length : data.indexOf(0, language + 1) + 1;
  },
};

/**
 * Looks for the test file in the compressed texts and profiles of a PNG, which no scanner expands. They are not in what is stored: a picture
 * is encoded anew.
 * @throws FileRefused
 */
export function judgePngTexts(png: Buffer): void {
  let left: number = uploadPolicy.pngTextBytes;
  let texts = 0;
  for (let at = signatureBytes; at + 8 <= png.length;) {
    const length = png.readUInt32BE(at);
    const data = png.subarray(at + 8, at + 8 + length);
    const start = compressedAt[png.toString('latin1', at + 4, at + 8)]?.(data);
    if (start !== undefined && start < data.length) {
      // Each takes microseconds, also one that expands to nothing.
      texts += 1;
      if (texts > uploadPolicy.pngTexts) throw refusedContent('too_many_parts');
      const text = inflated(data.subarray(start), left);
      left -= text.length;
      const matcher = new EicarMatcher();
      matcher.add(text);
      if (matcher.hasMatched) throw new FileRefused({ kind: 'infected', signature: eicarSignature });
    }
    at += length + 12;
  }
}

/** Empty where it is not compressed. @throws FileRefused where it expands to more than `most` bytes */
function inflated(data: Buffer, most: number): Buffer {
  try {
    return inflateSync(data, {
      maxOutputLength: Math.max(1, most),
      // One that was cut off has what came before.
      finishFlush: constants.Z_SYNC_FLUSH,
    });
  } catch (error) {
    const isTooLong =
      error instanceof RangeError || (error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE';
    if (isTooLong) throw refusedContent('expands', error);
    return Buffer.alloc(0);
  }
}

import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { base64Length, base64Stream } from './base64-stream.js';

const cut = (bytes: Buffer, size: number): Buffer[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
    bytes.subarray(at * size, (at + 1) * size),
  );

describe('bytes in base64 as they are read', () => {
  it.each([0, 1, 2, 3, 4, 5, 100, 1000])(
    'are those of the whole, for %i bytes cut at any place',
    async (length) => {
      const bytes = randomBytes(length);
      for (const size of [1, 2, 3, 4, 7, 64, 1000]) {
        const written = await text(base64Stream('<', Readable.from(cut(bytes, size)), '>'));
        expect(written).toBe(`<${bytes.toString('base64')}>`);
        expect(written.length - 2).toBe(base64Length(length));
      }
    },
  );

  it('fail where they cannot be read to their end', async () => {
    const broken = Readable.from(
      (function* () {
        yield Buffer.from('abc');
        throw new Error('the storage went away');
      })(),
    );
    await expect(text(base64Stream('', broken, ''))).rejects.toThrow('the storage went away');
  });

  it('are not read on once nobody wants them', async () => {
    const source = Readable.from(cut(randomBytes(1000), 10));
    const stream = base64Stream('', source, '');
    stream.once('data', () => stream.destroy());
    await new Promise((resolve) => source.once('close', resolve));
    expect(source.destroyed).toBe(true);
  });
});

import { describe, expect, it } from '@jest/globals';
import { FileRefused } from '../file-refused.js';
import { judgeText } from './text.js';

/** A file that is read in pieces of so many bytes, from a buffer that is used again. */
const inPieces = (bytes: Buffer, size: number) => ({
  each: (visit: (piece: Buffer) => void): Promise<void> => {
    const buffer = Buffer.alloc(size);
    for (let at = 0; at < bytes.length; at += size) {
      const copied = bytes.copy(buffer, 0, at, Math.min(bytes.length, at + size));
      visit(buffer.subarray(0, copied));
    }
    return Promise.resolve();
  },
});

const judged = async (bytes: Buffer, size: number): Promise<string> =>
  judgeText(inPieces(bytes, size)).then(
    () => 'taken',
    (error: unknown) => {
      if (!(error instanceof FileRefused)) throw error;
      return error.refusal.kind === 'content' ? error.refusal.reason : error.refusal.kind;
    },
  );

describe('a text', () => {
  const text = Buffer.from('\ufeffäé漢字🦊 a\tb\r\nc\f', 'utf8');
  const bytes = (...codes: number[]): Buffer => Buffer.from([97, ...codes, 98]);

  it.each([1, 2, 3, 4, 5, 7, 64])('is taken however it is cut: into pieces of %d bytes', async (size) => {
    expect(await judged(text, size)).toBe('taken');
    expect(await judged(Buffer.alloc(0), size)).toBe('taken');
  });

  it.each([
    ['a lone continuation', bytes(0x80), 'damaged'],
    ['an overlong slash', bytes(0xc0, 0xaf), 'damaged'],
    ['half a surrogate pair', bytes(0xed, 0xa0, 0x80), 'damaged'],
    ['more than there are characters', bytes(0xf4, 0x90, 0x80, 0x80), 'damaged'],
    ['Latin-1', Buffer.from('Grüße', 'latin1'), 'damaged'],
    ['UTF-16', Buffer.from('hi', 'utf16le'), 'hidden_bytes'],
    ['an end within a character', Buffer.from('a🦊').subarray(0, 4), 'damaged'],
    ['five continuations', bytes(0xf0, 0x80, 0x80, 0x80, 0x80, 0x80), 'damaged'],
    ['an escape', bytes(0x1b), 'hidden_bytes'],
    ['a NUL', bytes(0), 'hidden_bytes'],
    ['a vertical tab', bytes(0x0b), 'hidden_bytes'],
    ['a DEL', bytes(0x7f), 'hidden_bytes'],
  ])('is refused with %s, however it is cut', async (_, whole, reason) => {
    for (const size of [1, 2, 3, 4, 64]) expect([size, await judged(whole, size)]).toEqual([size, reason]);
  });
});

import { describe, expect, it } from '@jest/globals';
import { CleanText } from '../../src/ports/assistants/clean-text.js';

const through = (...pieces: string[]): string[] => {
  const clean = new CleanText();
  return pieces.map((piece) => clean.take(piece));
};

describe('the text of a model', () => {
  it.each([
    [
      ['plain ', 'text'],
      ['plain ', 'text'],
    ],
    [
      ['a \ud83d', '\ude00 b'],
      ['a ', '😀 b'],
    ],
    [
      ['\ud83d', '\ude00'],
      ['', '😀'],
    ],
    [['a\0b'], ['ab']],
    [['a\ude00b'], ['a\ufffdb']],
    [
      ['a\ud83d', 'b'],
      ['a', '\ufffdb'],
    ],
    [['ends with half\ud83d'], ['ends with half']],
    [[''], ['']],
  ])('%j passes as %j', (pieces, expected) => {
    expect(through(...pieces)).toEqual(expected);
  });
});

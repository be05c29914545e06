import { describe, expect, it } from '@jest/globals';
import { partsOfReply } from './reply-text.js';

const family = '👨‍👩‍👧‍👦';
const policy = (replyCharacters: number, replyParts = 1) => ({ replyCharacters, replyParts });
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

describe('a reply of Messenger', () => {
  it.each([
    ['as it is where it fits', 'Hello there.', policy(280), ['Hello there.']],
    ['without the space around it', '  Hello.\n', policy(280), ['Hello.']],
    ['to the last character that fits', 'x'.repeat(280), policy(280), ['x'.repeat(280)]],
    ['cut behind a word', 'one two three four', policy(12), ['one two…']],
    ['cut behind a word that ends exactly there', 'one two three', policy(8), ['one two…']],
    ['cut within a word that is longer than half of it', 'abcdefghijklmnopqrst', policy(10), ['abcdefghi…']],
    ['cut between words with other spaces', 'one\u00a0two\nthree', policy(9), ['one\u00a0two…']],
    ['split where it may be, whole', 'one two three four', policy(10, 3), ['one two', 'three four']],
    ['split where it may be, cut at the end', 'aaa bbb ccc ddd eee', policy(7, 2), ['aaa bbb', 'ccc…']],
    ['of nothing not at all', ' \n ', policy(10), []],
    ['whose lone surrogate is replaced', 'a\ud800b', policy(10), ['a\ufffdb']],
  ])('is sent %s', (_, text, settings, parts) => {
    expect(partsOfReply(text, settings)).toEqual(parts);
  });

  it('is never longer than it may be, never cut within what is seen as one character, and loses no part between', () => {
    const texts = [
      family.repeat(60),
      'नमस्ते '.repeat(80),
      `e\u0301`.repeat(300),
      '🇩🇪'.repeat(200),
      `${'x'.repeat(279)}${family}`,
      'word '.repeat(200),
    ];
    for (const text of texts)
      for (const characters of [20, 64, 280])
        for (const count of [1, 4, 100]) {
          const parts = partsOfReply(text, policy(characters, count));
          expect(parts.length).toBeGreaterThan(0);
          expect(parts.every((part) => part.length <= characters && part.isWellFormed())).toBe(true);
          const whole = [...graphemes.segment(text)].map(({ segment }) => segment);
          const shown = parts.flatMap((part) =>
            [...graphemes.segment(part.replace(/…$/u, ''))].map(({ segment }) => segment),
          );
          const kept = whole.filter((one) => one.trim() !== '');
          const seen = shown.filter((one) => one.trim() !== '');
          expect(seen).toEqual(kept.slice(0, seen.length));
        }
  });

  it('of one character that is longer than a message is none', () => {
    expect(partsOfReply(`a${'\u0301'.repeat(400)}`, policy(20))).toEqual([]);
  });
});

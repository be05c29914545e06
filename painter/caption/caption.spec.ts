import { describe, expect, it } from '@jest/globals';
import { compose } from '../painter.js';
import { setCaption } from './caption.js';
import { setWords } from './lettering.js';

const draw = (prompt: string, width = 512, height = 512): string =>
  compose({ prompt, negativePrompt: null, seed: 7, width, height });

/** The strip's upper edge and the points of its letters. */
function captionOf(
  svg: string,
): { readonly top: number; readonly points: readonly (readonly [number, number])[] } | null {
  const group = /<g id="caption">(.*?)<\/g>/.exec(svg)?.[1];
  if (group === undefined) return null;
  const [strip = '', letters = ''] = [...group.matchAll(/ d="([^"]*)"/g)].map((match) => match[1] ?? '');
  const numbers = (letters.match(/-?[0-9.]+/g) ?? []).map(Number);
  const points = Array.from(
    { length: numbers.length / 2 },
    (_, index) => [numbers[2 * index] ?? 0, numbers[2 * index + 1] ?? 0] as const,
  );
  return { top: Number(/^M-5 ([0-9.]+)/.exec(strip)?.[1]), points };
}

const long = 'the slow recovery of forgotten memories among interminable corridors, '.repeat(20);

describe('the caption', () => {
  it.each([
    ['two words', 'quantum entropy'],
    ['a sentence', 'a quokka eating pancakes in a forest'],
    ['letters with marks', 'ÅÉÎÕÜ Čeština Łódź ß'],
    ['Cyrillic', 'Квантовая энтропия'],
    ['Greek', 'αταραξία'],
    ['Arabic', 'شمس فوق البحر'],
    ['Japanese', '量子もつれ'],
    ['pictograms', '🦄🐲'],
    ['1,400 characters', long],
    ['one word of 300 letters', 'x'.repeat(300)],
    ['the widest letters', `${'W'.repeat(24)} ${'i'.repeat(24)}`],
    ['500 marks on one letter', `Q${'\u0301'.repeat(500)}`],
  ])('of %s is set inside its strip at every size', (_name, prompt) => {
    for (const [width, height] of [
      [256, 256],
      [512, 512],
      [1536, 256],
      [256, 1536],
      [1536, 1536],
    ] as const) {
      const caption = captionOf(draw(prompt, width, height));
      expect(caption?.points.length).toBeGreaterThan(4);
      expect(caption?.top).toBeGreaterThan(height * 0.6);
      for (const [x, y] of caption?.points ?? []) {
        expect(x > width * 0.03 && x < width * 0.97).toBe(true);
        expect(y > (caption?.top ?? 0) && y < height).toBe(true);
      }
    }
  });

  it('is another one for other words, and the same for the same', () => {
    const letters = (prompt: string): string => JSON.stringify(captionOf(draw(prompt))?.points);
    expect(new Set(['quokka', 'quokkas', 'QUOKKA!', 'Κβάντα', 'Кванты'].map(letters)).size).toBe(5);
    expect(letters('quokka')).toBe(letters('Quokka'));
  });

  it.each(['a fox in a snowy forest', 'a bowl of ramen', 'an old fisherman', 'misty morning', ''])(
    'is absent for %j',
    (prompt) => {
      expect(captionOf(draw(prompt))).toBeNull();
    },
  );

  it.each([
    'quantum entropy',
    'a quokka',
    'a quokka and a fox',
    'a bridge in space',
    'a wolf',
    'paris at night',
    'an abstract fox',
  ])('stands under %j', (prompt) => {
    expect(captionOf(draw(prompt))).not.toBeNull();
  });

  it('names a script that its letters cannot write, once for a run of words', () => {
    const text = (prompt: string): number[] => setWords(prompt).map((word) => word.length);
    expect(text('شمس فوق البحر')).toEqual(['[ARABIC]'.length]);
    expect(text('sea 猫 moon')).toEqual([3, '[CHINESE]'.length, 4]);
    expect(text('ᚠᚢᚦ')).toEqual(['[OTHER SCRIPT]'.length]);
    expect(text('\u200b \u202e')).toEqual([]);
    expect(setCaption('\u200b\u202e', 512, 512)).toBeNull();
  });

  it('breaks a word that no line holds, and ends a long text with an ellipsis', () => {
    expect(setWords('y'.repeat(60)).map((word) => word.length)).toEqual([24, 24, 12]);
    const caption = setCaption(long, 512, 512);
    expect(caption?.lines.length).toBeLessThanOrEqual(4);
    expect(caption?.lines.at(-1)?.at(-1)).toHaveLength(1);
  });

  it('costs the same for a prompt of 20,000 characters as for one of 1,000', () => {
    expect(setWords('wörd '.repeat(4_000))).toEqual(setWords('wörd '.repeat(200)));
  });
});

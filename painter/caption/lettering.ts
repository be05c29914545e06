import { glyphOf } from './greek-cyrillic.js';
import { type Glyph, marks } from './latin.js';

/** A letter with its marks; null stands for a space. */
export type Letter = { readonly glyph: Glyph; readonly marks: readonly string[] } | null;

/** Scripts that are named in place of words which the letters cannot write. */
const scripts: readonly (readonly [RegExp, string])[] = [
  [/\p{Script=Arabic}/u, 'ARABIC'],
  [/\p{Script=Hebrew}/u, 'HEBREW'],
  [/[\p{Script=Hiragana}\p{Script=Katakana}]/u, 'JAPANESE'],
  [/\p{Script=Hangul}/u, 'KOREAN'],
  [/\p{Script=Han}/u, 'CHINESE'],
  [/\p{Script=Devanagari}/u, 'DEVANAGARI'],
  [/\p{Script=Bengali}/u, 'BENGALI'],
  [/\p{Script=Tamil}/u, 'TAMIL'],
  [/\p{Script=Thai}/u, 'THAI'],
  [/\p{Script=Georgian}/u, 'GEORGIAN'],
  [/\p{Script=Armenian}/u, 'ARMENIAN'],
  [/\p{Extended_Pictographic}/u, 'PICTOGRAM'],
];
const MAX_WORDS = 60;
const MAX_LETTERS = 24;
/** Marks over one letter; more would leave the caption. */
const MAX_MARKS = 2;

/** Typographic signs as the ones of the glyph tables. */
const plainSigns = new Map([['’', "'"], ['‘', "'"], ['“', '"'], ['”', '"'], ['–', '-'], ['—', '-'], ['İ', 'I'], ['ẞ', 'S']]); // prettier-ignore

/** The letters of one word; null where a letter has no glyph. Signs without a glyph and invisible characters are left out. */
function lettersOf(word: string): Letter[] | null {
  const letters: { glyph: Glyph; marks: string[] }[] = [];
  for (const sign of word.toUpperCase().normalize('NFD')) {
    const character = plainSigns.get(sign) ?? sign;
    if (Object.hasOwn(marks, character)) {
      const over = letters.at(-1)?.marks;
      if (over !== undefined && over.length < MAX_MARKS) over.push(marks[character] ?? '');
      continue;
    }
    // One capital of the table of each script is stored composed, as Й and Ё are decomposed here.
    const glyph = glyphOf(character);
    if (glyph !== null) letters.push({ glyph, marks: [] });
    else if (/[\p{L}\p{N}\p{Extended_Pictographic}]/u.test(character)) return null;
  }
  return letters;
}

const nameOf = (word: string): string => scripts.find(([script]) => script.test(word))?.[1] ?? 'OTHER SCRIPT';

/** A prompt as words of letters. A run of words of a script without glyphs is replaced by the script's name in brackets. */
export function setWords(prompt: string): readonly (readonly Letter[])[] {
  const words: (readonly Letter[])[] = [];
  let replaced = '';
  for (const word of prompt.slice(0, 1_000).split(/\s+/u).slice(0, MAX_WORDS)) {
    const letters = lettersOf(word.slice(0, 80));
    if (letters?.length === 0) continue;
    const name = letters === null ? nameOf(word) : '';
    if (name !== '' && name === replaced) continue;
    replaced = name;
    const set = letters ?? name.split('').map((character) => letterOf(character));
    const bracketed = letters === null ? [letterOf('['), ...set, letterOf(']')] : set;
    for (let from = 0; from < bracketed.length; from += MAX_LETTERS)
      words.push(bracketed.slice(from, from + MAX_LETTERS));
  }
  return words;
}

function letterOf(character: string): Letter {
  const glyph = glyphOf(character);
  return glyph === null ? null : { glyph, marks: [] };
}

export const ellipsis: readonly Letter[] = [letterOf('…')];

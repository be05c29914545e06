/** Scripts without spaces between words: ideographs, kana, Hangul, Thai. */
const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}]/u;

/**
 * What a text of a language without a dictionary is found by: each pair of neighbouring characters of a script without spaces, and
 * each word of any other, in lower case and compatible form. Each once.
 */
export function pairsOf(text: string): readonly string[] {
  const found = new Set<string>();
  for (const [run] of text
    .normalize('NFKC')
    .toLowerCase()
    .matchAll(/[\p{L}\p{N}\p{M}]+/gu)) {
    const characters = Array.from(run);
    if (!unspaced.test(run)) {
      found.add(run.slice(0, longestWord));
      continue;
    }
    for (let at = 0; at + 1 < characters.length; at++)
      found.add(`${characters[at] ?? ''}${characters[at + 1] ?? ''}`);
    if (characters.length === 1) found.add(run);
  }
  return [...found];
}

/** Longer ones are cut: PostgreSQL takes words of 2 KB. */
const longestWord = 64;

/** As a query for entries that have any of them. */
export const anyOf = (pairs: readonly string[]): string =>
  pairs.map((pair) => `'${pair.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`).join(' | ');

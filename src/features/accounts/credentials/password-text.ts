/** Readings of a password; each is linear in its length, times the number of words. */

const leet: Readonly<Record<string, string>> = {
  '0': 'o',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '8': 'b',
  '9': 'g',
  '@': 'a',
  $: 's',
  '!': 'i',
};

/** Without case, accents and width: `Ａdá` reads `ada`. */
export function fold(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}

/** Without spaces and signs. Emoji stay: they add to what an attacker has to guess. */
export function compact(text: string): string {
  return text.replace(/[\p{P}\p{Z}\p{C}$+<=>^`|~]/gu, '');
}

/** The readings of a password: as it stands, and with the digits and signs that stand for letters read as those. */
export function readings(password: string): string[] {
  const folded = fold(password);
  const letters = (one: string): string =>
    folded.replace(/[0-9@$!]/g, (sign) => (sign === '1' ? one : (leet[sign] ?? sign)));
  return [...new Set([folded, letters('i'), letters('l')].map(compact))];
}

/** Without the digits and signs around it. */
export function bare(password: string): string {
  return fold(password).replace(/^[\p{N}\p{P}\p{Z}$+<=>^`|~]+|[\p{N}\p{P}\p{Z}$+<=>^`|~]+$/gu, '');
}

/** Whether the words make up more than half of the text. */
export function mostlyMadeOf(text: string, words: readonly string[]): boolean {
  const covered = new Uint8Array(text.length);
  for (const word of words) {
    if (word === '') continue;
    for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1))
      covered.fill(1, at, at + word.length);
  }
  return covered.reduce((sum, one) => sum + one, 0) * 2 > text.length;
}

/**
 * The period of the text in code points; its whole length when it does not repeat. The last repetition may be partial.
 */
export function period(text: string): number {
  const points = [...text];
  // The prefix function of Knuth, Morris and Pratt: the longest suffix that is a prefix too.
  const borders = [0];
  let border = 0;
  for (const point of points.slice(1)) {
    while (border > 0 && point !== points[border]) border = borders[border - 1] ?? 0;
    if (point === points[border]) border++;
    borders.push(border);
  }
  return points.length - (borders.at(-1) ?? 0);
}

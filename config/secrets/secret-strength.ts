import { deflateRawSync } from 'node:zlib';
import { isHashOfKnownWord, isKnownText, knownWords } from './known-secrets.js';

const rows = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890',
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  '1qaz2wsx3edc4rfv5tgb',
  '!@#$%^&*()',
];
const backwards = (text: string): string => Array.from(text).reverse().join('');

/** Dictionary of the compressor, which then finds these in a secret, along with repetitions. */
const familiar = Buffer.from(
  [...knownWords, ...rows.map(backwards), ...rows, ...rows.map((row) => row.toUpperCase())].join(''),
);

const compressedBits = (text: string): number =>
  deflateRawSync(text, { level: 9, dictionary: familiar }).length * 8;

/** Shannon's measure over the characters as they are distributed in the text itself, in bits. */
function shannonBits(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= count * Math.log2(count / text.length);
  return bits;
}

const leet: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
};
const fold = (text: string): string =>
  text.toLowerCase().replace(/[013457@$!]/g, (sign) => leet[sign] ?? sign);

const commonPairs = new Set(
  (
    'ac ai al an ar as at ch ck co ct da de ea ec ed el en er es et ge ha he id if il im in io is it ' +
    'la le li ll lo ma me mi nd ne ng no ns nt om on op or ot ou pa pe po pr ra re ri ro rs rt se si ' +
    'ss st ta te th ti to tr ts ty ur us ut va ve wi'
  ).split(' '),
);

/**
 * Whether neighbouring letters follow each other as in English: there about 60 of 100 pairs are among the commonest,
 * in random letters 12, and 40 once in 100,000 times: half is the line. Short text shows too few pairs to tell.
 */
function readsAsWords(folded: string): boolean {
  const pairs = [...folded.matchAll(/(?=([a-z][a-z]))/g)].map((match) => match[1] ?? '');
  const common = pairs.filter((pair) => commonPairs.has(pair)).length;
  return folded.length >= 48 && pairs.length >= folded.length * 0.5 && common >= pairs.length * 0.5;
}

const words = new RegExp(
  knownWords
    .filter((word) => word.length > 3)
    .sort((a, b) => b.length - a.length)
    .join('|'),
  'g',
);
const sequences = [...rows, ...rows.map(backwards)].join(' ');

/** Removes sequences of the alphabet, the digits or a keyboard row of four characters or more. */
function withoutSequences(text: string): { rest: string; found: number } {
  let rest = '';
  let found = 0;
  for (let at = 0; at < text.length;) {
    let length = 3;
    while (at + length < text.length && sequences.includes(text.slice(at, at + length + 1))) length += 1;
    if (length > 3) found += 1;
    else {
      rest += text.charAt(at);
      length = 1;
    }
    at += length;
  }
  return { rest, found };
}

const bitsOfFamiliarPiece = 3;
const bitsOfLetterInWords = 1.6;

/** Estimates bits of a human-made text: known words and sequences almost none, other words by the letter. */
function wordBits(text: string): number {
  const { rest, found } = withoutSequences(text.toLowerCase());
  // Hexadecimal is not folded: its digits read as letters would look like words.
  const folded = /^[0-9a-f]*$/.test(rest) ? rest : fold(rest);
  const known = folded.match(words)?.length ?? 0;
  const unknown = folded.replace(words, '').length;
  const bitsOfCharacter = readsAsWords(folded) ? bitsOfLetterInWords : shannonBits(text) / text.length;
  return (known + found) * bitsOfFamiliarPiece + unknown * bitsOfCharacter;
}

/** Bits of the new part of the text: characters in a run of eight that occurred before do not count. */
function novelBits(text: string): number {
  let novel = 0;
  for (let at = 0, repeatedTo = 0; at < text.length; at += 1) {
    const run = text.slice(at, at + 8);
    if (run.length === 8 && text.indexOf(run) < at) repeatedTo = at + 8;
    if (at >= repeatedTo) novel += 1;
  }
  return (novel * shannonBits(text)) / text.length;
}

/** Upper bound of the entropy in bits: the least of several estimates, each for one kind of weakness. */
const estimateBits = (text: string): number =>
  Math.min(novelBits(text), compressedBits(text), compressedBits(fold(text)), wordBits(text));

/** Whether the text is one unit over and over, the last time perhaps in part. */
function isRepetition(text: string): boolean {
  const border: number[] = [0];
  for (let at = 1, length = 0; at < text.length; at += 1) {
    while (length > 0 && text[at] !== text[length]) length = border[length - 1] ?? 0;
    if (text[at] === text[length]) length += 1;
    border.push(length);
  }
  return text.length > 1 && text.length - (border.at(-1) ?? 0) <= text.length / 2;
}

// Random text matches none of these by chance: short words match only as the whole value or its beginning.
const placeholders = [
  /replace[-_ ]?(with|me|this)/i,
  /change[-_ ]?(me|this|it)\b/i,
  /placeholder|redacted|insert[-_ ]/i,
  /^example|example$|[-_. ]example[-_. ]/i,
  /^(your|my|the|a|some)[-_ ](.*[-_ ])?(key|secret|token|password|here|value)(?![a-z0-9])/i,
  /[-_ ]here$/i,
  /^(x+|\.+|\*+|-+|_+|todo|tbd|fixme|none|null|undefined|dummy|n\/a)$/i,
  /x{10,}/i,
  /\[your[-_ ]|<your[-_ ]/i,
  /^<.*>$|^\[[^\]@:"]*\]$|^\{.*\}$|^\$\{\{?.*\}$/,
];

export const isPlaceholder = (value: string): boolean => placeholders.some((pattern) => pattern.test(value));

export interface Demands {
  readonly characters: number;
  readonly bits: number;
  readonly distinct: number;
}

export const demands = {
  deployedTokenSecret: { characters: 96, bits: 256, distinct: 12 },
  developmentTokenSecret: { characters: 64, bits: 192, distinct: 12 },
  operatorPassword: { characters: 20, bits: 40, distinct: 6 },
  databasePassword: { characters: 20, bits: 40, distinct: 6 },
  bearerToken: { characters: 24, bits: 64, distinct: 8 },
} as const satisfies Record<string, Demands>;

/** Why text is too weak to be a secret, or null. The sentence never contains the text. */
export function weaknessOfText(value: string, { characters, bits, distinct }: Demands): string | null {
  if (isPlaceholder(value)) return 'is still a placeholder';
  if (isKnownText(value)) return 'is known from a template or a list of common secrets';
  if (value !== value.trim()) return 'begins or ends with a blank';
  if (value.length < characters) return `is shorter than ${characters} characters`;
  if (isRepetition(value)) return 'repeats one piece over and over';
  if (/^[0-9a-f]+$/i.test(value) && isHashOfKnownWord(Buffer.from(value, 'hex')))
    return 'is the hash of a common word';
  if (new Set(value).size < distinct) return 'uses too few different characters';
  if (estimateBits(value) < bits)
    return 'is too easy to guess: words, sequences or repetition instead of chance';
  return null;
}

/** Exactly 32 bytes in canonical base64 (what `openssl rand -base64 32` prints), or null. */
export function readBase64Key(value: string): Buffer | null {
  const bytes = Buffer.from(value, 'base64');
  return bytes.length === 32 && bytes.toString('base64') === value ? bytes : null;
}

/** Exactly 64 hexadecimal digits (what `openssl rand -hex 32` prints), or null. */
export const readHexKey = (value: string): Buffer | null =>
  /^[0-9a-f]{64}$/i.test(value) ? Buffer.from(value, 'hex') : null;

/** Why 32 bytes cannot be random, or null. */
export function weaknessOfKey(bytes: Buffer): string | null {
  const characters = bytes.toString('latin1');
  // 32 random bytes have about 30 different values, and all of them are printable once in 10^13 times.
  if (isRepetition(characters) || new Set(bytes).size < 16) return 'repeats itself';
  if (/^[\x20-\x7e]*$/.test(characters)) return 'is text in disguise, not random bytes';
  if (isHashOfKnownWord(bytes)) return 'is the hash of a common word';
  const steps = new Set(bytes.subarray(1).map((byte, at) => (byte - (bytes[at] ?? 0)) & 255));
  return steps.size < 8 ? 'counts up or down' : null;
}

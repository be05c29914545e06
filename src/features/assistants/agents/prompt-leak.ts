import { CoveredLetters } from './prompt-leak/covered-letters.js';
import {
  Base64,
  CharacterCodes,
  EscapedText,
  Hexadecimal,
  PlainText,
  type Decoder,
} from './prompt-leak/decoders.js';
import type { PromptIndex } from './prompt-leak/prompt-index.js';
import { RunMatcher } from './prompt-leak/run-matcher.js';

export { PromptIndex } from './prompt-leak/prompt-index.js';

/**
 * Keeps the system prompt of an agent out of one answer. What was given on never contains a run of the prompt of
 * `promptLeakPolicy.runLetters` letters or more; the character that would complete one and everything behind it are dropped.
 *
 * Nor does it contain more than `promptLeakPolicy.coveredShare` of the prompt's letters in shorter runs, of
 * `promptLeakPolicy.coveredLetters` or more, each letter counted once: in pieces, in whatever order, with anything between them.
 *
 * Letters alone count, whatever stands between them: not case, accents, digits, white space, punctuation or invisible characters;
 * full-width, styled and other compatible letters (Unicode NFKD) are the plain ones. Runs are found forwards, backwards, backwards
 * within each word, with the words backwards, in ROT13, and without tags, each of them as text, and as
 * - base64 or base64url at any alignment, also in lines, by pieces that are encoded one by one, and last character first;
 *   hexadecimal, also with separators, `\x` or `0x`; numbers of characters in decimal, octal or binary with separators;
 * - text with escapes of URLs, quoted-printable, string literals or JSON, with references of HTML, or with tags.
 * Bytes are read as UTF-8 or ISO 8859-1, and as UTF-16 and UTF-32 of Latin letters.
 *
 * It is no guarantee, and a system prompt is no secret. Not seen: translations, paraphrases and summaries; other ciphers, shifts of
 * the alphabet and encodings (Morse, base32, one form within another), look-alikes of other alphabets, digits or symbols for
 * letters, letters added or left out, words between single words of the prompt; what is shorter than these runs, such as a
 * sentence in each answer; and what of a prompt are digits.
 *
 * Constant time a character, however the pieces are cut, and about 30 KB an answer. Nothing is held back but the first half of a
 * surrogate pair.
 */
export class PromptLeakFilter {
  private readonly decoders: readonly Decoder[];
  private half = '';
  private isOver = false;

  /** `prompt`: made once for a version of the agent. One of fewer letters than a run withholds nothing. */
  constructor(prompt: PromptIndex) {
    const covered = new CoveredLetters(prompt);
    const makeMatcher = (): RunMatcher => new RunMatcher(prompt, covered);
    this.decoders = prompt.isEmpty
      ? []
      : [
          new PlainText(makeMatcher),
          new EscapedText(makeMatcher),
          new Base64(makeMatcher, 'forwards'),
          new Base64(makeMatcher, 'backwards'),
          new Hexadecimal(makeMatcher),
          ...([2, 8, 10] as const).map((radix) => new CharacterCodes(makeMatcher, radix)),
        ];
  }

  /** A run of the prompt came: the answer is over, and nothing is given on any more. */
  get hasLeaked(): boolean {
    return this.isOver;
  }

  /** The next piece of the answer; returns what of it is given on. */
  take(piece: string): string {
    if (this.isOver || this.decoders.length === 0) return this.isOver ? '' : piece;
    const text = this.half + piece;
    this.half = '';
    for (let at = 0; at < text.length; at++) {
      const codePoint = text.codePointAt(at) ?? 0;
      if (at === text.length - 1 && isFirstHalf(codePoint)) {
        this.half = text.slice(at);
        return text.slice(0, at);
      }
      if (this.decoders.some((decoder) => decoder.read(codePoint))) {
        this.isOver = true;
        return text.slice(0, at);
      }
      if (codePoint > 0xffff) at++;
    }
    return text;
  }

  /** The end of the answer; returns what was held back of it. */
  end(): string {
    const rest = this.half;
    this.half = '';
    return rest;
  }
}

const isFirstHalf = (codePoint: number): boolean => codePoint >= 0xd800 && codePoint <= 0xdbff;

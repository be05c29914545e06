/** What is withheld of answers because it repeats an agent's system prompt. */
export const promptLeakPolicy = {
  /**
   * Letters in a row that an answer may not share with the prompt: about thirteen words of English. A name with its street, or the
   * opening hours of a week in a sentence, has 30 to 55, digits not counted, and is given; what a model repeats when it is asked
   * for its instructions passes this within the second sentence.
   */
  runLetters: 64,
  /** As many letters as an ideograph or a kana counts for: a word is one or two of them, and four to six letters. */
  lettersPerIdeograph: 3,
  /** Letters of a prompt that are looked for, in each of its orders: those of 16,000 ideographs. */
  indexedLetters: 48_000,
  /** Letters that are kept of what an answer says, a power of two: a run, and what an escape or a tag may take back. */
  keptLetters: 256,
  /** Characters of a tag of HTML or XML that is read as none of the text. */
  tagCharacters: 64,
  /** Code points whose letters are kept, for all prompts and answers, more than people write: 3 MB at most. */
  cachedCodePoints: 16_384,
} as const;

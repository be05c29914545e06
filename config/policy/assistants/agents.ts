/** What is withheld of answers because it repeats an agent's system prompt. */
export const promptLeakPolicy = {
  /**
   * Letters in a row that an answer may not share with the prompt: about thirteen words of English. A name with its street, or the
   * opening hours of a week in a sentence, has 30 to 55, digits not counted, and is given; what a model repeats when it is asked
   * for its instructions passes this within the second sentence.
   */
  runLetters: 64,
  /**
   * Letters of the prompt that an answer may not contain in shorter runs, each counted once: a share of them, and not fewer than two
   * quotes just below a run have. Runs count from four words of English on, fewer of which are idioms of everybody.
   */
  coveredLetters: 20,
  coveredShare: 0.4,
  leastCovered: 128,
  /** Letters of the runs by which those are found, one in each `seedStep`: 20 letters have one of them wherever they begin. */
  seedLetters: 12,
  seedStep: 8,
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

/** What an agent may be. Characters, counts. */
export const agentPolicy = {
  agents: 100,
  versions: 10_000,
  nameCharacters: 100,
  descriptionCharacters: 500,
  promptCharacters: 16_000,
  disclosureCharacters: 300,
  origins: 20,
  answerTokens: 1024,
  mostAnswerTokens: 8192,
  /** Of the knowledge of one version. */
  entries: 1000,
  titleCharacters: 200,
  entryCharacters: 4000,
  /** Entries that a model is given with a question, and the share of the best one's rank that the others need. */
  givenEntries: 3,
  leastRankShare: 0.3,
  /** Characters of a question by which entries are searched, and pairs of characters among them. */
  searchedCharacters: 1000,
  searchedPairs: 200,
  /** Prompts whose letters are kept for the answers of an instance: 1 MB each, as a rule. */
  keptPrompts: 50,
} as const;

/** What is shown in place of the rest of an answer that began to repeat its instructions. */
export const withheldText = 'I do not repeat my instructions.';

/**
 * Dictionaries of PostgreSQL by ISO 639-1. Chinese, Japanese, Korean and Thai, which have none, are searched by pairs of characters;
 * any other language by its words as they are written.
 */
export const dictionaries = {
  ar: 'arabic',
  da: 'danish',
  de: 'german',
  el: 'greek',
  en: 'english',
  es: 'spanish',
  fi: 'finnish',
  fr: 'french',
  hu: 'hungarian',
  id: 'indonesian',
  it: 'italian',
  lt: 'lithuanian',
  nl: 'dutch',
  no: 'norwegian',
  pt: 'portuguese',
  ro: 'romanian',
  ru: 'russian',
  sv: 'swedish',
  tr: 'turkish',
} as const;
export const languagesOfPairs: ReadonlySet<string> = new Set(['ja', 'ko', 'th', 'zh']);

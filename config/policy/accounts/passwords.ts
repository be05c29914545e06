/** What a password must come to. `minGuessesLog10`: the decimal logarithm of the guesses that an estimate must reach. */
export interface PasswordDemand {
  readonly minLength: number;
  readonly minDistinct: number;
  readonly minGuessesLog10: number;
}

/**
 * NIST SP 800-63B-4, 3.1.1.2: length, a block list, and nothing about composition. Counted in code points after NFC.
 * The estimates stand well below what random passwords of the least length reach: ten digits a character in doubt.
 */
export const passwordPolicy = {
  minLength: 15,
  maxLength: 256,
  onlyFactor: { minLength: 15, minDistinct: 5, minGuessesLog10: 11 },
  withMfa: { minLength: 8, minDistinct: 4, minGuessesLog10: 6 },
} as const satisfies { onlyFactor: PasswordDemand; withMfa: PasswordDemand } & Record<string, unknown>;

/**
 * The estimator's time grows faster than its input: it is shown pieces of this many UTF-16 units, and at most so many.
 * What a piece withstands, the whole does.
 */
export const estimatePolicy = { pieceLength: 24, pieces: 3, leetSubstitutions: 4 } as const;

/** Words that everybody knows who attacks this service. */
export const productWords = ['velro'] as const;
/** Parts of a name or address that are shorter say nothing: code points. */
export const contextWordMinLength = 3;
/** A common password is also found with digits and signs around it, when it has at least so many code points. */
export const commonWordMinLength = 4;

/** Widely known phrases and keyboard rows that the dictionaries do not hold; letters alone. */
export const commonPhrases = [
  'correcthorsebatterystaple',
  'thequickbrownfox',
  'jumpsoverthelazydog',
  'loremipsumdolorsitamet',
  'tobeornottobe',
  'maytheforcebewithyou',
  'onceuponatime',
  'opensesame',
  'йцукенгшщзхъ',
  'фывапролджэ',
  'ячсмитьбю',
] as const;

/**
 * For how long a change of the password keeps sign-ins out: longer than the provider may take to answer. Afterwards the
 * process that changed it is known to be dead.
 */
export const passwordChangeSeconds = 30;

/** Requirements of a password. `minGuessesLog10`: the decimal logarithm of the guesses that an estimate must reach. */
export interface PasswordDemand {
  readonly minLength: number;
  readonly minDistinct: number;
  readonly minGuessesLog10: number;
}

/**
 * NIST SP 800-63B-4, 3.1.1.2: length, a block list, and nothing about composition. Length in code points after NFC. The
 * required estimates are well below those of random passwords of minimal length, even of digits only.
 */
export const passwordPolicy = {
  minLength: 15,
  maxLength: 256,
  onlyFactor: { minLength: 15, minDistinct: 5, minGuessesLog10: 11 },
  withMfa: { minLength: 8, minDistinct: 4, minGuessesLog10: 6 },
} as const satisfies { onlyFactor: PasswordDemand; withMfa: PasswordDemand } & Record<string, unknown>;

/**
 * The estimator's time grows faster than its input: it gets at most this many pieces of this many UTF-16 units. The
 * whole is at least as strong as a piece.
 */
export const estimatePolicy = { pieceLength: 24, pieces: 3, leetSubstitutions: 4 } as const;

/** Words that an attacker of this service tries first. */
export const productWords = ['velro'] as const;
/** Shorter parts of a name or address are ignored. In code points. */
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
 * Seconds for which a password change blocks sign-ins: longer than the provider's timeout. After that the process that
 * changed it must have died.
 */
export const passwordChangeSeconds = 30;

/** What is replaced: the token names its kind. A token holds nothing that would be found again. */
export const tokens = {
  email: 'EMAIL_REDACTED',
  phone: 'PHONE_REDACTED',
  card: 'CARD_REDACTED',
  iban: 'IBAN_REDACTED',
  ssn: 'SSN_REDACTED',
  ip: 'IP_REDACTED',
  token: 'TOKEN_REDACTED',
  key: 'KEY_REDACTED',
  credentials: 'CREDENTIALS_REDACTED',
} as const;

export type RedactedKind = keyof typeof tokens;

/** A part of a text, in UTF-16 units; `end` is behind its last one. */
export interface Finding {
  readonly kind: RedactedKind;
  readonly begin: number;
  readonly end: number;
}

/** What a text has cost so far. The tests bound it: a pattern that reads the same characters again and again would show. */
export interface Work {
  /** UTF-16 units that a finder looked at. */
  read: number;
  /** Numbers that were parsed by the library. */
  judged: number;
  /** How many may be. */
  readonly mostJudged: number;
}

/**
 * Looks for something around the trigger at `at`. Nothing before `from` belongs to it: that is the end of the finding before.
 * It looks at a bounded number of characters.
 */
export type Finder = (text: string, at: number, from: number, work: Work) => Finding | null;

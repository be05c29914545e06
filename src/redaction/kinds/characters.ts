/** Kinds of UTF-16 units, as numbers: they are asked for each unit that a finder reads. */
export const isDigit = (code: number): boolean => code >= 48 && code <= 57;

export const isAsciiLetter = (code: number): boolean => {
  const lower = code | 32;
  return lower >= 97 && lower <= 122;
};

/** The letters of scripts that are written without blanks between words (CJK, kana, Hangul, Thai, Lao, Khmer, full-width forms). */
export const isOfUnspacedScript = (code: number): boolean =>
  (code >= 0x2e80 && code < 0xd800) ||
  (code >= 0xf900 && code <= 0xfaff) ||
  (code >= 0x0e00 && code <= 0x0eff);

const otherWord = /[\p{L}\p{N}\p{M}]/u;

/** A letter or digit of any script; half of a pair counts as a letter of none. */
export const isWord = (code: number): boolean =>
  code < 128 ? isDigit(code) || isAsciiLetter(code) : otherWord.test(String.fromCharCode(code));

/** As `isWord`, without the scripts in which nothing separates a word from what follows it. */
export const joinsWord = (code: number): boolean => isWord(code) && !isOfUnspacedScript(code);

/** Blanks within a line, of any width: a no-break space is what is copied from a page. */
export const isBlank = (code: number): boolean =>
  code === 32 ||
  code === 9 ||
  code === 0xa0 ||
  (code >= 0x2000 && code <= 0x200a) ||
  code === 0x202f ||
  code === 0x3000;

/** A hyphen, or a dash in its place. */
export const isDash = (code: number): boolean =>
  code === 45 || (code >= 0x2010 && code <= 0x2013) || code === 0x2212;

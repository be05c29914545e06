/** ISO/IEC 7812: 13 to 19 digits whose sum by Luhn's rule is a multiple of ten. Blanks and hyphens do not count. */
export function isPaymentCard(text: string): boolean {
  const digits = text.replaceAll(/\D/gu, '');
  if (digits.length < 13 || digits.length > 19 || /^0+$/u.test(digits)) return false;
  let sum = 0;
  for (let at = 0; at < digits.length; at++) {
    const digit = Number(digits[digits.length - 1 - at]);
    const doubled = at % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/**
 * ISO 13616: how many characters at the beginning of a text are an IBAN, the longest one, or 0. Blanks do not count; what follows it
 * stands behind a blank or at the end.
 */
export function longestIban(text: string): number {
  for (let length = text.length; length >= 15; length--) {
    const isWhole = length === text.length || /\p{Zs}/u.test(text[length] ?? '');
    if (isWhole && isIban(text.slice(0, length))) return length;
  }
  return 0;
}

/** The remainder of the rearranged number by 97 is 1. */
function isIban(text: string): boolean {
  const compact = text.replaceAll(/\p{Zs}/gu, '');
  if (compact.length < 15 || compact.length > 34) return false;
  let remainder = 0;
  for (const character of compact.slice(4) + compact.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return remainder === 1;
}

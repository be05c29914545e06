import type { Finder, Finding, Work } from '../finding.js';
import { isAsciiLetter, isDigit, isWord, joinsWord } from './characters.js';
import { holdsLuhn } from './check-digits.js';
import { digitGroupsAt, type DigitGroups } from './digit-groups.js';
import { findIban } from './iban.js';
import { findIpv4 } from './network-addresses.js';
import { findPhone } from './phone.js';

const uuid = /[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/iy;

/** What begins with the digit at `at`, the first of its group: IBAN, IP address, card, social security number, phone number. */
export const findNumber: Finder = (text, at, from, work) => {
  const before = text.charCodeAt(at - 1);
  if (isAsciiLetter(before)) {
    const iban = findIban(text, at, from, work);
    if (iban !== null) return iban;
  }
  const isOfWord = at > from && (before === 95 || joinsWord(before));
  if (isOfWord) return cardOf(digitGroupsAt(text, at, work), text, at);
  const address = findIpv4(text, at, work);
  if (address !== null) return address;
  if (isLoneDigit(text, at)) return null;
  if (isInId(text, at, work)) return null;
  const groups = digitGroupsAt(text, at, work);
  if (groups.digits.length < 7) return null;
  return (
    cardOf(groups, text, at) ?? ssnOf(groups, text, at, work) ?? findPhone(text, at, from, { groups, work })
  );
};

/** One digit, and one digit behind it again, without a country's mark: nobody writes a number so, and each would be read anew. */
const isLoneDigit = (text: string, at: number): boolean =>
  !isDigit(text.charCodeAt(at + 1)) &&
  !isDigit(text.charCodeAt(at + 3)) &&
  !'+＋('.includes(text.charAt(at - 1) || ' ');

/** Within a UUID, or behind a hyphen or a dot of something longer: a number of its own begins behind neither. */
function isInId(text: string, at: number, work: Work): boolean {
  if (text.charCodeAt(at + 8) === 45) {
    work.read += 37;
    uuid.lastIndex = at;
    if (uuid.test(text)) return true;
  }
  const before = text.charCodeAt(at - 1);
  return (before === 45 || before === 46 || before === 44) && isWord(text.charCodeAt(at - 2));
}

/** Of payment cards in groups: not of years in a row. */
const issuer = /^(?:[3-6]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/;

/** As issuers print it, up to the group at `last`: four and four (and up to three), or 4-6-5 and 4-6-4. */
function isCardShape(digits: string, sizes: readonly number[], last: number): boolean {
  const [first, second, third, fourth, fifth = 0] = sizes;
  if (first !== 4 || !issuer.test(digits)) return false;
  if (last === 2) return second === 6 && (third === 4 || third === 5);
  const isOfFours = last >= 3 && second === 4 && third === 4 && fourth === 4;
  return isOfFours && (last === 3 || (last === 4 && fifth <= 3));
}

const cardSeparators = /^[^()/]{1,2}$/;

/** ISO/IEC 7812: 13 to 19 digits that hold Luhn's rule. A run of digits has the beginning of a payment card as well, 2 to 6. */
function cardOf({ digits, sizes, ends, separators }: DigitGroups, text: string, at: number): Finding | null {
  let length = 0;
  for (const [place, size] of sizes.entries()) {
    length += size;
    if (length > 19) return null;
    if (place > 0 && !cardSeparators.test(separators[place - 1] ?? '')) return null;
    const isShaped = place === 0 ? length >= 13 && /^[2-6]/u.test(digits) : isCardShape(digits, sizes, place);
    const end = ends[place] ?? at;
    if (!isShaped || /^0+$/u.test(digits.slice(0, length)) || !holdsLuhn(digits.slice(0, length))) continue;
    // The longer one is the whole: a 19-digit number begins as one of 16.
    if (joinsWord(text.charCodeAt(end))) continue;
    return { kind: 'card', begin: at, end };
  }
  return null;
}

const ssnCue = /\b(?:ssn|social security)\b[^\d]{0,20}$/iu;

/** Three, two and four digits, as the Social Security Administration assigns them: no area 000, 666 or 9xx, no group 00, no serial 0000. */
function ssnOf(
  { digits, sizes, ends, separators }: DigitGroups,
  text: string,
  at: number,
  work: Work,
): Finding | null {
  const isShaped = sizes[0] === 3 && sizes[1] === 2 && sizes[2] === 4;
  if (!isShaped && sizes[0] !== 9) return null;
  const number = digits.slice(0, 9);
  if (!/^(?!000|666|9)\d{3}(?!00)\d{2}(?!0000)\d{4}$/u.test(number)) return null;
  const isWritten = isShaped && separators[0] === '-' && separators[1] === '-';
  const end = ends[isShaped ? 2 : 0] ?? at;
  if (isDigit(text.charCodeAt(end)) || joinsWord(text.charCodeAt(end))) return null;
  work.read += 48;
  if (!isWritten && !ssnCue.test(text.slice(Math.max(0, at - 48), at))) return null;
  return { kind: 'ssn', begin: at, end };
}

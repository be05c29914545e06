import { parsePhoneNumberFromString, type CountryCode, type PhoneNumber } from 'libphonenumber-js/core';
import metadata from 'libphonenumber-js/min/metadata';
import type { Finding, Work } from '../finding.js';
import { joinsWord } from './characters.js';
import type { DigitGroups } from './digit-groups.js';

/** Countries by whose rules a number without a country code is read, those with the most speakers of ten languages first. */
const regions: readonly CountryCode[] = [
  'US',
  'DE',
  'GB',
  'FR',
  'IT',
  'ES',
  'BR',
  'RU',
  'JP',
  'IN',
  'TR',
  'PL',
  'NL',
  'CN',
  'KR',
  'CZ',
];

/** Words before a number by which it is somebody's, in ten languages. */
const cue =
  /(?:\btel|phone|telefo|téléphone|\bfon\b|\bmobil|\bcell|\bcall|\bdial|\bring|whatsapp|signal|\bsms|\btext (?:me|us)|\bfax|handy|rufnummer|ruf |anrufen|celular|móvil|llam|ligue|portable|appel|cellulare|chiam|тел|позвон|звон|номер|komórk|zadzwo|numer tel|gsm|cep|ara |電話|携帯|电话|手机|拨打|전화|휴대|फ़ोन|फोन|هاتف|اتصل)[^\d\n]{0,20}$/iu;
/** Words and signs before a number by which it is something else. */
const counter =
  /(?:[#№$€£¥]|\bno\.?|\bnr\.?|order|invoice|id|isbn|issn|ticket|article|version|bestell\w*|rechnung\w*|page|pp?\.)[\s:.#]*$/iu;

interface Candidate {
  readonly groups: DigitGroups;
  readonly work: Work;
}

/** A phone number whose first digit is at `at`: by its country, by the shape that a country gives it, or by the word before it. */
export function findPhone(
  text: string,
  at: number,
  from: number,
  { groups, work }: Candidate,
): Finding | null {
  const begin = beginOf(text, at, from);
  const before = text.slice(Math.max(from, begin - 40), begin);
  work.read += 40;
  const isInternational = text.slice(begin, at).includes('+') || groups.digits.startsWith('00');
  for (const length of lengthsOf(groups)) {
    const end = groups.ends[length - 1] ?? at;
    if (joinsWord(text.charCodeAt(end)) && !/^(?:x|ext)/iu.test(text.slice(end, end + 3))) continue;
    const written = text.slice(begin, end);
    const isOne = isInternational
      ? isOfCountry(written, work)
      : isNational(written, groups, length, { before, work });
    if (isOne) return { kind: 'phone', begin, end };
  }
  return null;
}

function beginOf(text: string, at: number, from: number): number {
  let begin = at;
  for (const marks of ['(', '+＋', '(']) if (begin > from && marks.includes(text.charAt(begin - 1))) begin--;
  return begin;
}

/** How many groups may be the number, the longest one first; E.164 has 15 digits at most. */
function lengthsOf({ sizes, separators }: DigitGroups): readonly number[] {
  const lengths: number[] = [];
  let digits = 0;
  for (const [place, size] of sizes.entries()) {
    // A day behind it is not part of it.
    if (place > 0 && isDay(sizes.slice(place, place + 3), separators.slice(place, place + 2))) break;
    digits += size;
    // Behind 00 and with the trunk prefix in parentheses there are three more.
    if (digits > 18) break;
    if (digits >= 7) lengths.unshift(place + 1);
  }
  return lengths.slice(0, 4);
}

const isDay = (sizes: readonly number[], between: readonly string[]): boolean =>
  /^(?:4,2,2|2,2,4)$/u.test(sizes.join()) && /^[-./]$/u.test(between[0] ?? '') && between[0] === between[1];

function isOfCountry(written: string, work: Work): boolean {
  const number = written
    .replace(/^\(?00/u, '+')
    .replace('＋', '+')
    .replace(/\(0\)/u, '');
  return isJudged(work, () => parsed(number)?.isPossible() === true);
}

/** Days first or last, with a time behind it or not: 8 digits and more that are no number to call. */
const date = /^\(?(?:\d{4}([-./\s])\d{1,2}\1\d{1,2}|\d{1,2}([-./\s])\d{1,2}\2\d{4})(?!\d)/u;
const northAmerican = /^(?:1[\s.-])?(?:\(\d{3}\)[\s.-]?|\d{3}[.-])\d{3}[\s.-]\d{4}$/u;
const trunk = /^(?:\(0\d{1,5}\)|0\d{1,5}[\p{Zs}/.-])/u;
const french = /^0\d(?:[\p{Zs}.-]\d{2}){4}$/u;

function isNational(
  written: string,
  groups: DigitGroups,
  length: number,
  { before, work }: { readonly before: string; readonly work: Work },
): boolean {
  if (date.test(written)) return false;
  if (northAmerican.test(written))
    return !counter.test(before) && isJudged(work, () => parsed(written, 'US')?.isPossible() === true);
  const digits = groups.sizes.slice(0, length).reduce((sum, size) => sum + size, 0);
  if (cue.test(before)) return isJudged(work, () => regions.some((region) => isPossibleIn(written, region)));
  if (counter.test(before)) return false;
  if (french.test(written))
    return isJudged(work, () => isValidIn(written, 'FR') || isPossibleIn(written, 'FR'));
  const isShaped = (trunk.test(written) && digits >= 8) || /^(?:\d\s?)?\(\d{2,5}\)/u.test(written);
  return isShaped && isJudged(work, () => regions.some((region) => isValidIn(written, region)));
}

const parsed = (written: string, region?: CountryCode): PhoneNumber | undefined =>
  parsePhoneNumberFromString(written, region === undefined ? {} : { defaultCountry: region }, metadata);
const isValidIn = (written: string, region: CountryCode): boolean =>
  parsed(written, region)?.isValid() === true;
const isPossibleIn = (written: string, region: CountryCode): boolean =>
  parsed(written, region)?.isPossible() === true;

/** The library takes microseconds for a number: beyond what a text may cost, the shape alone decides, and what has it is replaced. */
function isJudged(work: Work, judge: () => boolean): boolean {
  if (work.judged >= work.mostJudged) return true;
  work.judged++;
  return judge();
}

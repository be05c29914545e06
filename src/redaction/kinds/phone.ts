import { parsePhoneNumberFromString, type CountryCode, type PhoneNumber } from 'libphonenumber-js/core';
import metadata from 'libphonenumber-js/min/metadata';
import type { Finding, Work } from '../finding.js';
import { isBlank, isDash, isDigit, joinsWord } from './characters.js';
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
  /(?:\btel|phone|telefo|téléphone|\bfon\b|\bmobil|\bcell|\bcall|\bdial|\bring|whatsapp|signal|\bsms|\btext (?:me|us)|\bfax|handy|rufnummer|ruf |anrufen|celular|móvil|ll[aá]m|lig(?:ue|a|ar|o) |portable|appel|cellulare|chiam|тел|позвон|звон|номер|komórk|zadzwo|numer tel|gsm|cep|ara |電話|携帯|电话|手机|拨打|전화|휴대|फ़ोन|फोन|هاتف|اتصل|\b(?:my|our) (?:nu|private nu)mber|\bmeine (?:private )?nummer|\bmijn nummer|\b(?:mi|meu|mon|mio|mój|moja) n(?:ú|u|ù)m[eé]ro?|numaram)[^\d\n]{0,20}$/iu;
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
  const before = wordsBefore(text, begin, from);
  work.read += 2 * before.length + 1;
  const isInternational = text.slice(begin, at).includes('+') || groups.digits.startsWith('00');
  if (!isInternational && before === '' && !hasNationalBeginning(text, begin, groups)) return null;
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

/** What stands before a number up to the number before it, without which no word speaks of this one; empty without any word or sign. */
function wordsBefore(text: string, begin: number, from: number): string {
  const least = Math.max(from, begin - 40);
  let at = begin;
  let holdsWord = false;
  while (at > least) {
    const code = text.charCodeAt(at - 1);
    if (isDigit(code)) break;
    holdsWord ||= !isBlank(code) && !isDash(code) && code !== 46;
    at--;
  }
  return holdsWord ? text.slice(at, begin) : '';
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
    if (place > 0 && isDay(sizes, separators, place)) break;
    digits += size;
    // Behind 00 and with the trunk prefix in parentheses there are three more.
    if (digits > 18) break;
    if (digits >= 7) lengths.unshift(place + 1);
  }
  return lengths.slice(0, 4);
}

/** Year, month and day, or the other way round, from the group at `place` on, with the same mark between them. */
function isDay(sizes: readonly number[], separators: readonly string[], place: number): boolean {
  const [first, middle, last] = [sizes[place], sizes[place + 1], sizes[place + 2]];
  if (middle !== 2 || !((first === 4 && last === 2) || (first === 2 && last === 4))) return false;
  const mark = separators[place] ?? '';
  return /^[-./]$/u.test(mark) && mark === separators[place + 1];
}

function isOfCountry(written: string, work: Work): boolean {
  const number = written
    .replace(/^\(?00/u, '+')
    .replace('＋', '+')
    .replace(/\(0\)/u, '');
  return isJudged(work, () => parsed(number)?.isPossible() === true);
}

/** Whether the shape of some country may follow: most numbers in texts have none, and cost no more than this. */
const hasNationalBeginning = (
  text: string,
  begin: number,
  { digits, sizes, separators }: DigitGroups,
): boolean =>
  digits.charCodeAt(0) === 48 ||
  text.charCodeAt(begin) === 40 ||
  sizes[0] === 3 ||
  (sizes[0] === 1 && (sizes[1] === 3 || separators[0]?.includes('(') === true));

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

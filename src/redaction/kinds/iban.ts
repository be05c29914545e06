import type { Finding, Work } from '../finding.js';
import { isAsciiLetter, isBlank, isDash, isDigit, joinsWord } from './characters.js';
import { holdsMod97 } from './check-digits.js';

/** Characters of an IBAN by country, from the registry of ISO 13616 (SWIFT). Any other beginning is none. */
const lengths = new Map(
  (
    'NO15 BE16 DK18 FI18 FK18 FO18 GL18 NL18 SD18 MK19 SI19 AT20 BA20 EE20 KZ20 LT20 LU20 MN20 XK20 CH21 HR21 LI21 LV21 ' +
    'BG22 BH22 CR22 DE22 GB22 GE22 IE22 ME22 RS22 VA22 AE23 GI23 IL23 IQ23 OM23 SO23 TL23 AD24 CZ24 ES24 MD24 PK24 RO24 ' +
    'SA24 SE24 SK24 TN24 VG24 LY25 PT25 ST25 IS26 TR26 BI27 DJ27 FR27 GR27 IT27 MC27 MR27 SM27 AL28 AZ28 BY28 CY28 DO28 ' +
    'GT28 HN28 HU28 LB28 NI28 PL28 SV28 BR29 EG29 PS29 QA29 UA29 JO30 KW30 MU30 YE30 MT31 SC31 LC32 RU33'
  )
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))] as const),
);

/** An IBAN whose check digits begin at `at`: the letters of its country stand before them. */
export function findIban(text: string, at: number, from: number, work: Work): Finding | null {
  const begin = at - 2;
  if (begin < from || joinsWord(text.charCodeAt(begin - 1)) || !isDigit(text.charCodeAt(at + 1))) return null;
  const length = lengths.get(text.slice(begin, at).toUpperCase());
  if (length === undefined) return null;
  let compact = '';
  let end = begin;
  while (compact.length < length) {
    const code = text.charCodeAt(end);
    if (isDigit(code) || isAsciiLetter(code)) compact += text.charAt(end);
    else if (!((isBlank(code) || isDash(code)) && !isSeparator(text.charCodeAt(end - 1)))) break;
    end++;
  }
  work.read += end - begin;
  if (compact.length < length || joinsWord(text.charCodeAt(end)) || !holdsMod97(compact)) return null;
  return { kind: 'iban', begin, end };
}

const isSeparator = (code: number): boolean => isBlank(code) || isDash(code);

import { isPaymentCard, longestIban } from './check-digits.js';

/** A kind of personal data. `redacted`: what stands in the place of what the pattern found. */
interface Kind {
  readonly pattern: RegExp;
  readonly redacted: (found: string) => string;
}

const as = (mark: string) => (): string => mark;

/**
 * Keys first: what is in one looks like other things as well. Each pattern is bounded and has one way to read a text, so that the work
 * grows with the text. Blanks are those of any kind: a no-break space is what is copied from a page.
 */
const kinds: readonly Kind[] = [
  {
    pattern:
      /(?<![\w-])(?:sk-[\w-]{16,200}|sk_(?:live|test)_\w{10,200}|velro_[\w-]{20,100}|sb_secret_[\w-]{16,100}|github_pat_\w{20,100}|gh[pousr]_\w{20,100}|AKIA[A-Z0-9]{16}|AIza[\w-]{30,60}|xox[abprs]-[\w-]{10,200}|eyJ[\w-]{10,2000}\.[\w-]{2,2000}\.[\w-]{2,2000})/gu,
    redacted: as('[key]'),
  },
  {
    pattern:
      /(?<![\p{L}\p{N}._%+-])[\p{L}\p{N}._%+-]{1,64}[@\uff20](?:[\p{L}\p{N}-]{1,63}\.){1,8}(?:xn--[a-z0-9-]{2,59}|\p{L}{2,24})(?![\p{L}\p{N}])/gu,
    redacted: as('[e-mail]'),
  },
  {
    pattern: /(?<![\p{L}\p{N}])[A-Z]{2}\d{2}(?:\p{Zs}?[A-Z0-9]){11,30}/giu,
    redacted: (found) => {
      const length = longestIban(found);
      return length === 0 ? found : `[iban]${found.slice(length)}`;
    },
  },
  {
    pattern: /(?<![\p{N}.-])(?:\d(?:[\p{Zs}-]?\d){12,18}|\d{4}\.\d{4}\.\d{4}\.\d{4})(?![\p{L}\p{N}])/gu,
    redacted: (found) => (isPaymentCard(found) ? '[card]' : found),
  },
  {
    // With a country, or with an area in the spelling of one: a bare run of digits may be anything.
    pattern:
      /(?<![\p{L}\p{N}.])(?:\+|00)[1-9](?:[\p{Zs}./()-]{0,2}\d){6,14}(?![\p{L}\p{N}])|(?<![\p{L}\p{N}.+-])0\d(?:[\p{Zs}.-]\d{2}){4}(?![\p{L}\p{N}])|(?<![\p{L}\p{N}.+-])\(?0\d{1,4}\)?[\p{Zs}/-](?:\d[\p{Zs}-]?){5,10}\d(?![\p{L}\p{N}])|(?<![\p{L}\p{N}.+-])(?:1[\p{Zs}.-])?(?:\(\d{3}\)[\p{Zs}.-]?|\d{3}[\p{Zs}.-])\d{3}[\p{Zs}.-]\d{4}(?![\p{L}\p{N}])/gu,
    redacted: as('[phone]'),
  },
];

/** The text with marks in place of e-mail addresses, phone numbers, payment cards, IBANs and keys. */
export function redact(text: string): string {
  let result = text;
  for (const { pattern, redacted } of kinds) result = result.replace(pattern, redacted);
  return result;
}

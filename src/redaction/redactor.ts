import { isIban, isPaymentCard } from './check-digits.js';

/** A kind of personal data, and what stands in its place. */
interface Kind {
  readonly mark: string;
  readonly pattern: RegExp;
  /** Whether what the pattern found is really of the kind. */
  readonly holds: (found: string) => boolean;
}

const always = (): boolean => true;

/** Keys first: what is in one looks like other things as well. All bounded, so that a text costs linear time. */
const kinds: readonly Kind[] = [
  {
    mark: '[key]',
    pattern:
      /\b(?:sk-[\w-]{16,200}|velro_[\w-]{20,100}|sb_secret_[\w-]{16,100}|gh[pousr]_\w{20,100}|AKIA[A-Z0-9]{16}|AIza[\w-]{30,60}|xox[abprs]-[\w-]{10,200}|eyJ[\w-]{10,4000}\.[\w-]{2,4000}\.[\w-]{2,4000})/gu,
    holds: always,
  },
  {
    mark: '[e-mail]',
    pattern:
      /(?<![\p{L}\p{N}._%+-])[\p{L}\p{N}._%+-]{1,64}@(?:[\p{L}\p{N}-]{1,63}\.){1,8}\p{L}{2,24}(?![\p{L}\p{N}-])/gu,
    holds: always,
  },
  {
    mark: '[iban]',
    pattern: /(?<![\p{L}\p{N}])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{1,4}){3,8}(?![\p{L}\p{N}])/gu,
    holds: isIban,
  },
  {
    mark: '[card]',
    pattern: /(?<![\p{L}\p{N}.-])\d(?:[ -]?\d){12,18}(?![\p{L}\p{N}])/gu,
    holds: isPaymentCard,
  },
  {
    mark: '[phone]',
    // With a country, or with an area in the spelling of one: a bare run of digits may be anything.
    pattern:
      /(?<![\p{L}\p{N}.])(?:\+|00)[1-9](?:[ ./()-]{0,2}\d){6,14}(?![\p{L}\p{N}])|(?<![\p{L}\p{N}.+-])\(?0\d{1,4}\)?[ /-](?:\d[ -]?){5,10}\d(?![\p{L}\p{N}])|(?<![\p{L}\p{N}.+-])\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}(?![\p{L}\p{N}])/gu,
    holds: always,
  },
];

/** The text with marks in place of e-mail addresses, phone numbers, payment cards, IBANs and keys. */
export function redact(text: string): string {
  let redacted = text;
  for (const { mark, pattern, holds } of kinds)
    redacted = redacted.replace(pattern, (found) => (holds(found) ? mark : found));
  return redacted;
}

import { domainToASCII } from 'node:url';
import { Malformed, type Parser } from './parse-values.js';

/** Characters that an address may have (RFC 5321, 4.5.3.1.3). */
const maxEmailLength = 254;

/**
 * The one form in which addresses are compared, stored and sent to the identity provider: NFKC, lower case, the domain in
 * ASCII (IDNA). Text that is no address comes back changed in case only, or not at all; whoever needs one validates it.
 */
export function canonicalEmail(text: string): string {
  const plain = text.trim();
  // Longer text is no address, and is not normalised.
  if (plain.length > 2 * maxEmailLength) return plain;
  const folded = plain.normalize('NFKC').toLowerCase();
  const at = folded.lastIndexOf('@');
  if (at < 1) return folded;
  const domain = domainToASCII(folded.slice(at + 1));
  return domain === '' ? folded : `${folded.slice(0, at)}@${domain}`;
}

const localPart = /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*$/;
const domainLabel = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;

/** One address (RFC 5321, 4.1.2, a dot-string at a domain of several labels) without a name, in ASCII. */
export const parseEmailAddress: Parser<string> = (text) => {
  const address = text.trim();
  const at = address.lastIndexOf('@');
  const [local, labels] = [address.slice(0, Math.max(at, 0)), address.slice(at + 1).split('.')];
  return address.length <= maxEmailLength &&
    local.length <= 64 &&
    localPart.test(local) &&
    labels.length > 1 &&
    labels.every((label) => domainLabel.test(label))
    ? address
    : new Malformed('is not one mail address', 'Write a@b.example, without a name.');
};

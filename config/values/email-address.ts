import { domainToASCII } from 'node:url';

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

import ipaddr from 'ipaddr.js';

/** IPv6 global unicast as allocated by IANA; the rest of IPv6 is special, deprecated or unallocated. */
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3');
/** RFC 6052: NAT64 translates the last four bytes to an IPv4 destination. */
const translated = ipaddr.IPv6.parseCIDR('64:ff9b::/96');

/** Whether text is an address in its usual spelling: four decimal parts, or IPv6 without a zone. */
const isPlain = (text: string): boolean =>
  ipaddr.IPv4.isValidFourPartDecimal(text) || (ipaddr.IPv6.isValid(text) && !text.includes('%'));

/**
 * Whether the address belongs to a host of the public internet. Addresses that no rule lists as public are not (SSRF
 * protection).
 */
export function isPublicAddress(text: string): boolean {
  if (!isPlain(text)) return false;
  const address = ipaddr.parse(text);
  if (address instanceof ipaddr.IPv4) return address.range() === 'unicast';
  if (address.match(translated)) {
    return new ipaddr.IPv4(address.toByteArray().slice(12)).range() === 'unicast';
  }
  return address.match(globalUnicast) && address.range() === 'unicast';
}

export const isLoopbackAddress = (text: string): boolean =>
  isPlain(text) && ipaddr.parse(text).range() === 'loopback';

import ipaddr from 'ipaddr.js';

/** What IANA has given out as global unicast; the rest of IPv6 is special, deprecated or nobody's yet. */
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3');
/** RFC 6052: the network's translator turns the last four bytes into an IPv4 destination. */
const translated = ipaddr.IPv6.parseCIDR('64:ff9b::/96');

/** Whether text is an address in its usual spelling: four decimal parts, or IPv6 without a zone. */
const isPlain = (text: string): boolean =>
  ipaddr.IPv4.isValidFourPartDecimal(text) || (ipaddr.IPv6.isValid(text) && !text.includes('%'));

/** Whether the address belongs to a host of the public internet. What no rule calls public is not. */
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

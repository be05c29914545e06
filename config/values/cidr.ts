import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { TrustedProxy } from '../config.js';
import { Malformed, parseList, type Parser } from './parse-values.js';

/** An address range in its canonical spelling. */
export interface Cidr {
  readonly text: string;
  readonly kind: 'ipv4' | 'ipv6';
  readonly bits: number;
}

/** `10.0.0.0/8`, `::1`. Octal, hexadecimal and shortened addresses are refused: programs read them differently. */
export function parseCidr(text: string): Cidr | null {
  const [address = '', prefix, ...rest] = text.split('/');
  if (rest.length > 0 || isIP(address) === 0 || address.includes('%')) return null;
  if (prefix !== undefined && !/^\d{1,3}$/.test(prefix)) return null;
  const parsed = ipaddr.parse(address);
  const mapped = parsed instanceof ipaddr.IPv6 && parsed.isIPv4MappedAddress();
  const width = parsed.kind() === 'ipv4' ? 32 : 128;
  const bits = prefix === undefined ? width : Number(prefix);
  if (bits > width) return null;
  // ::ffff:0:0/96 is IPv4-mapped, so such ranges are treated as IPv4.
  if (mapped && bits >= 96) return parseCidr(`${parsed.toIPv4Address().toString()}/${bits - 96}`);
  const family = parsed.kind() === 'ipv4' ? ipaddr.IPv4 : ipaddr.IPv6;
  const network = family.networkAddressFromCIDR(`${parsed.toString()}/${bits}`);
  return { text: `${network.toString()}/${bits}`, kind: parsed.kind(), bits };
}

/** Whether every address of `inner` lies in `range`. */
export function contains(range: string, inner: Cidr): boolean {
  const outer = ipaddr.parseCIDR(range);
  const [address, bits] = ipaddr.parseCIDR(inner.text);
  return address.kind() === outer[0].kind() && bits >= outer[1] && address.match(outer);
}

/**
 * Too wide for trusted proxies: shorter than /8 (IPv4) or /16 (IPv6), or all of mapped IPv4. Unique local and
 * link-local ranges are never public, at any width.
 */
export function isTooWide(cidr: Cidr): boolean {
  if (cidr.kind === 'ipv4') return cidr.bits < 8;
  if (contains('fc00::/7', cidr) || contains('fe80::/10', cidr)) return false;
  return cidr.bits < 16 || (cidr.bits < 96 && cidr.text.startsWith('::/'));
}

const notRanges = new Malformed(
  'is not a list of address ranges',
  'Write addresses or CIDR ranges separated by commas, for example 10.0.0.0/8.',
);

export const parseCidrs: Parser<readonly string[]> = (text) => {
  const ranges = parseList(text)?.map(parseCidr);
  if (ranges === undefined) return notRanges;
  const list: string[] = [];
  for (const range of ranges) {
    if (range === null) return notRanges;
    list.push(range.text);
  }
  return list;
};

/** As `parseCidrs`, for ranges of trusted proxies. */
export const parseTrustedCidrs: Parser<readonly string[]> = (text) => {
  const list = parseCidrs(text);
  if (list instanceof Malformed) return list;
  const wide = list.some((entry) => {
    const range = parseCidr(entry);
    return range === null || isTooWide(range);
  });
  return wide
    ? new Malformed(
        'trusts so wide a range that strangers could claim any address',
        'Name the ranges of your proxies alone: /8 or longer for IPv4, /16 or longer for IPv6.',
      )
    : list;
};

export const parseTrustedProxy: Parser<TrustedProxy> = (text) => {
  const word = text.trim().toLowerCase();
  if (word === 'none') return { mode: 'none' };
  if (word === 'railway') return { mode: 'railway', peers: [] };
  if (['true', '1', 'yes', 'all', 'any', '*'].includes(word)) {
    return new Malformed(
      'would believe whoever connects about the client address',
      'Write railway, none, or the CIDR ranges of your proxies.',
    );
  }
  const trusted = parseTrustedCidrs(text);
  return trusted instanceof Malformed ? trusted : { mode: 'cidr', trusted };
};

import ipaddr from 'ipaddr.js';
import type { IncomingHttpHeaders } from 'node:http';
import type { TrustedProxy } from '../../config/config.js';
import { AddressRanges } from './address-ranges.js';
import { BoundedCache } from '../cache/bounded-cache.js';

/** The client's address: `ip` for display and logs, `key` for limits (IPv6 by its /64). */
export interface ClientAddress {
  readonly ip: string;
  readonly key: string;
}

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** Determines the client's address from the peer's and, where the peer is a trusted proxy, from its headers. */
export type AddressReader = (peer: string | undefined, headers: IncomingHttpHeaders) => ClientAddress;

const unknown: ClientAddress = { ip: '0.0.0.0', key: '0.0.0.0' };

/** Entries of the cache of parsed addresses. */
const cachedAddresses = 10_000;

/** The reader for a proxy mode, with a cache of parsed addresses. */
export function addressReader(proxy: TrustedProxy): AddressReader {
  const read = readerFor(proxy);
  const header = proxy.mode === 'none' ? null : proxy.mode === 'railway' ? 'x-real-ip' : 'x-forwarded-for';
  const known = new BoundedCache<ClientAddress>(cachedAddresses);
  return (peer, headers) => {
    const said = header === null ? undefined : headers[header];
    // Unusually long headers are not cached.
    if (Array.isArray(said) || (said?.length ?? 0) > 100) return read(peer, headers);
    const name = said === undefined ? (peer ?? '') : `${peer ?? ''} ${said}`;
    const found = known.get(name);
    if (found !== undefined) return found;
    const address = read(peer, headers);
    known.set(name, address);
    return address;
  };
}

function readerFor(proxy: TrustedProxy): AddressReader {
  if (proxy.mode === 'none') return (peer) => describe(parse(peer)) ?? unknown;
  if (proxy.mode === 'railway') {
    const peers = new AddressRanges(proxy.peers);
    return (peer, headers) => {
      const direct = parse(peer);
      const named = direct !== null && peers.hold(direct) ? parse(single(headers['x-real-ip'])) : null;
      return describe(named ?? direct) ?? unknown;
    };
  }
  const trusted = new AddressRanges(proxy.trusted);
  return (peer, headers) => describe(walk(parse(peer), headers['x-forwarded-for'], trusted)) ?? unknown;
}

/** The canonical spelling of an address, used in logs and events. */
export const canonicalAddress = (ip: string): string => (describe(parse(ip)) ?? unknown).ip;

/** The limit key of an address. */
export const addressKeyOf = (ip: string): string => (describe(parse(ip)) ?? unknown).key;

/** An address within the network that a key names. */
export const addressOfKey = (key: string): string => key.replace(/\/64$/, '');

/** From the peer leftwards: the first address that is not one of our proxies is the client. */
function walk(
  peer: Address | null,
  forwarded: string | string[] | undefined,
  trusted: AddressRanges,
): Address | null {
  let current = peer;
  const hops = (Array.isArray(forwarded) ? forwarded.join(',') : (forwarded ?? '')).split(',').slice(-32);
  while (current !== null && trusted.hold(current)) {
    const next = parse(hops.pop()?.trim());
    // An invalid entry ends the walk at the last address that a trusted proxy reported.
    if (next === null) return current;
    current = next;
  }
  return current;
}

function single(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' && !value.includes(',') ? value.trim() : undefined;
}

/** Only the plain spellings: no octal, no port, no brackets, no zone. IPv4-mapped IPv6 becomes IPv4. */
function parse(text: string | undefined): Address | null {
  if (text === undefined || text.length > 45) return null;
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  if (!text.includes(':') || text.includes('%') || !ipaddr.IPv6.isValid(text)) return null;
  const address = ipaddr.IPv6.parse(text);
  return address.isIPv4MappedAddress() ? address.toIPv4Address() : address;
}

function describe(address: Address | null): ClientAddress | null {
  if (address === null) return null;
  const ip = address.toString();
  if (address instanceof ipaddr.IPv4) return { ip, key: ip };
  const network = address.parts
    .slice(0, 4)
    .map((part) => part.toString(16))
    .join(':');
  return { ip, key: `${network}::/64` };
}

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

/** Told the name of a header of a trusted proxy whose address cannot be read. */
type OnUnreadable = (header: string) => void;

/** The reader for a proxy mode, with a cache of parsed addresses. */
export function addressReader(
  proxy: TrustedProxy,
  onUnreadable: OnUnreadable = () => undefined,
): AddressReader {
  const read = readerFor(proxy);
  const header = proxy.mode === 'none' ? null : proxy.mode === 'railway' ? 'x-real-ip' : 'x-forwarded-for';
  const known = new BoundedCache<ClientAddress>(cachedAddresses);
  return (peer, headers) => {
    const said = header === null ? undefined : headers[header];
    // Unusually long headers are not cached.
    const isCached = !Array.isArray(said) && (said?.length ?? 0) <= 100;
    const name = said === undefined ? (peer ?? '') : `${peer ?? ''} ${String(said)}`;
    const found = isCached ? known.get(name) : undefined;
    if (found !== undefined) return found;
    const { address, isUnreadable } = read(peer, said);
    const client = describe(address) ?? unknown;
    // Not cached, so that each such request is reported.
    if (header !== null && isUnreadable) onUnreadable(header);
    else if (isCached) known.set(name, client);
    return client;
  };
}

/** `isUnreadable`: a trusted proxy named the client in a form that is no address. */
interface Found {
  readonly address: Address | null;
  readonly isUnreadable: boolean;
}

type Reader = (peer: string | undefined, said: string | string[] | undefined) => Found;

function readerFor(proxy: TrustedProxy): Reader {
  if (proxy.mode === 'none') return (peer) => ({ address: parse(peer), isUnreadable: false });
  if (proxy.mode === 'railway') {
    const peers = new AddressRanges(proxy.peers);
    return (peer, said) => {
      const direct = parse(peer);
      if (said === undefined || direct === null || !peers.hold(direct))
        return { address: direct, isUnreadable: false };
      const named = parseEntry(single(said));
      return { address: named ?? direct, isUnreadable: named === null };
    };
  }
  const trusted = new AddressRanges(proxy.trusted);
  return (peer, said) => walk(parse(peer), said, trusted);
}

/** The canonical spelling of an address, used in logs and events. */
export const canonicalAddress = (ip: string): string => (describe(parse(ip)) ?? unknown).ip;

/** The limit key of an address. */
export const addressKeyOf = (ip: string): string => (describe(parse(ip)) ?? unknown).key;

/** An address within the network that a key names. */
export const addressOfKey = (key: string): string => key.replace(/\/64$/, '');

/** From the peer leftwards: the first address that is not one of our proxies is the client. */
function walk(peer: Address | null, forwarded: string | string[] | undefined, trusted: AddressRanges): Found {
  let current = peer;
  const text = Array.isArray(forwarded) ? forwarded.join(',') : forwarded;
  const hops = text === undefined ? [] : text.split(',').slice(-32);
  while (current !== null && trusted.hold(current)) {
    const hop = hops.pop();
    if (hop === undefined) break;
    const next = parseEntry(hop.trim());
    // An invalid entry ends the walk at the last address that a trusted proxy reported.
    if (next === null) return { address: current, isUnreadable: true };
    current = next;
  }
  return { address: current, isUnreadable: false };
}

function single(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' && !value.includes(',') ? value.trim() : undefined;
}

/** An entry of a proxy: some write the port of the client, and IPv6 in brackets (RFC 7239 has both). */
function parseEntry(text: string | undefined): Address | null {
  if (text === undefined || text.length > 60) return null;
  const [, inBrackets, beforePort] =
    /^(?:\[([0-9A-Fa-f:.]+)\]|(\d+\.\d+\.\d+\.\d+))(?::\d{1,5})?$/.exec(text) ?? [];
  if (inBrackets !== undefined) return inBrackets.includes(':') ? parse(inBrackets) : null;
  return parse(beforePort ?? text);
}

/** Only the plain spellings: no octal, no zone. IPv4-mapped IPv6 becomes IPv4. */
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

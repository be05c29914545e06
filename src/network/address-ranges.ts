import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
export type Range = readonly [Address, number];

/** A set of addresses and CIDR ranges. */
export class AddressRanges {
  private readonly ranges: readonly Range[];

  /** @throws on an invalid range; the configuration refuses those before */
  constructor(texts: readonly string[]) {
    this.ranges = texts.map(parseRange);
  }

  hold(address: Address | string): boolean {
    const wanted = typeof address === 'string' ? ipaddr.process(address) : address;
    return this.ranges.some(
      ([network, bits]) =>
        network.kind() === wanted.kind() &&
        wanted.match([network, bits] as [ipaddr.IPv4, number] & [ipaddr.IPv6, number]),
    );
  }
}

function parseRange(text: string): Range {
  const [address, bits] = text.includes('/') ? ipaddr.parseCIDR(text) : ([ipaddr.parse(text), -1] as const);
  return [address, bits === -1 ? (address.kind() === 'ipv4' ? 32 : 128) : bits];
}

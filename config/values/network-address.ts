import { isIP } from 'node:net';
import { contains, parseCidr } from './cidr.js';
import { Malformed, parseList, type Parser } from './parse-values.js';

/** RFC 1918, unique local, carrier-grade NAT (the addresses of Railway's edge) and loopback. */
export const privateRanges: readonly string[] = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '127.0.0.0/8',
  'fc00::/7',
  '::1/128',
];

const bare = (host: string): string => host.replace(/^\[(.*)\]$/, '$1').toLowerCase();

const inRanges = (host: string, ranges: readonly string[]): boolean => {
  const address = parseCidr(bare(host));
  return isIP(bare(host)) !== 0 && address !== null && ranges.some((range) => contains(range, address));
};

/** Loopback: the traffic stays on this machine. */
export const isLoopbackHost = (host: string): boolean =>
  bare(host) === 'localhost' || inRanges(host, ['127.0.0.0/8', '::1/128']);

/** Whether a host is in a private network, by its name only: nothing is resolved at boot. */
export const isPrivateHost = (host: string): boolean =>
  isLoopbackHost(host) || bare(host).endsWith('.internal') || inRanges(host, privateRanges);

/** Whether a host counts as local in development: a private network, or a container's one-word name. */
export const isLocalHost = (host: string): boolean => isPrivateHost(host) || /^[a-z0-9_-]+$/.test(bare(host));

const label = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/i;

/** `host`, `host:port`, `[ipv6]:port`. */
export function isHostAndPort(text: string): boolean {
  const match = /^(\[[0-9a-f:.]+\]|[^:[\]/@?#\s]+)(?::(\d{1,5}))?$/i.exec(text);
  const host = match?.[1];
  if (host === undefined || host.length > 253) return false;
  const port = Number(match?.[2] ?? 1);
  if (port < 1 || port > 65_535) return false;
  if (isIP(bare(host)) !== 0) return true;
  return !host.startsWith('[') && host.split('.').every((part) => label.test(part));
}

export const parseHostAndPort: Parser<string> = (text) =>
  isHostAndPort(text.trim())
    ? text.trim().toLowerCase()
    : new Malformed('is not a host', 'Write host or host:port, without a scheme or a path.');

export const parseHosts: Parser<readonly string[]> = (text) => {
  const hosts = parseList(text);
  return hosts?.every((host) => isHostAndPort(host)) === true
    ? hosts.map((host) => host.toLowerCase())
    : new Malformed('is not a list of hosts', 'Write host or host:port, separated by commas.');
};

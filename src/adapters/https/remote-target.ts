import { isIP } from 'node:net';
import { isHostAndPort, isLoopbackHost } from '../../../config/values/network-address.js';
import { RemoteFileError, type FetchRules } from '../../ports/remote-files.js';
import { isLoopbackAddress, isPublicAddress } from '../../network/public-address.js';

/** A target that may be fetched, as far as its URL shows. */
export interface RemoteTarget {
  readonly url: URL;
  /** The host without the brackets of IPv6. */
  readonly host: string;
  /** The address where the host is a literal, or null: then every address of the name must be checked. */
  readonly literal: string | null;
  /** Whether this address is allowed for the target. */
  allows(address: string): boolean;
}

/** Characters. Signed links of object stores have up to about 2,000. */
const longestUrl = 4096;

/** Scheme, host and port as written, to be compared with the URL parser's result. */
const shape = /^(https?):\/\/(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::([0-9]{1,5}))?(?:[/?#]|$)/i;

/** Names that no public server has (RFC 6761, RFC 6762, RFC 8375), and those used in private networks. */
const privateNames =
  /(^|\.)(localhost|localdomain|local|internal|intranet|private|corp|home|lan|arpa|onion|alt|test|invalid)$/;

const bare = (host: string): string => host.replace(/^\[(.*)\]$/, '$1');

const usualPort = ({ protocol }: URL): number => (protocol === 'https:' ? 443 : 80);

export const portOf = (url: URL): number => (url.port === '' ? usualPort(url) : Number(url.port));

/** Whether an entry of the list matches the target: the host itself or, for a name, its subdomains. */
function names(entry: string, url: URL): boolean {
  const [, listed = '', port = usualPort(url)] =
    /^(\[.*\]|[^:]*)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? [];
  if (listed === '' || Number(port) !== portOf(url)) return false;
  const { hostname } = url;
  return (
    hostname === listed ||
    (isIP(bare(listed)) === 0 && !isLoopbackHost(listed) && hostname.endsWith(`.${listed}`))
  );
}

/** A host of the internet: a name of several labels, or an address that is public. */
function isPublicHost(host: string): boolean {
  if (isIP(bare(host)) !== 0) return isPublicAddress(bare(host));
  return isHostAndPort(host) && host.includes('.') && !privateNames.test(host);
}

/**
 * Validates a URL by its text; nothing is resolved.
 * @throws RemoteFileError `refused`
 */
export function readTarget(text: string, { hosts }: Pick<FetchRules, 'hosts'>): RemoteTarget {
  const [, scheme = '', written = ''] = shape.exec(text) ?? [];
  // Control characters, spaces and backslashes are read differently by different parsers.
  if (
    scheme === '' ||
    text.length > longestUrl ||
    /[\u0000-\u0020\u007f\\]/.test(text) ||
    !URL.canParse(text)
  )
    throw new RemoteFileError('refused');
  const url = new URL(text);
  // A parser turns 0x7f.1, 2130706433 and full-width digits into 127.0.0.1: such spellings are SSRF attempts.
  if (url.hostname !== written.toLowerCase() || url.username !== '' || url.password !== '')
    throw new RemoteFileError('refused');
  const host = url.hostname;
  const isListed = hosts !== 'public' && hosts.some((entry) => names(entry, url));
  const isOurs = isListed && isLoopbackHost(host);
  const isAllowed =
    isOurs ||
    (url.protocol === 'https:' && isPublicHost(host) && (hosts === 'public' ? url.port === '' : isListed));
  if (!isAllowed) throw new RemoteFileError('refused');
  url.hash = '';
  return {
    url,
    host: bare(host),
    literal: isIP(bare(host)) === 0 ? null : bare(host),
    allows: isOurs ? isLoopbackAddress : isPublicAddress,
  };
}

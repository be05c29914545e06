import type { LookupAddress } from 'node:dns';
import {
  request as overHttp,
  type ClientRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type RequestOptions,
} from 'node:http';
import { request as overHttps } from 'node:https';
import { isIPv6, type LookupFunction } from 'node:net';
import { RemoteFileError } from '../../ports/remote-files.js';
import type { NameLookup } from './name-lookup.js';
import { portOf, type RemoteTarget } from './remote-target.js';

/** Bytes of a response's headers. */
const longestHeaders = 16 * 1024;
/** Milliseconds for one of several addresses before the next is tried as well (Happy Eyeballs). */
const attemptTimeoutMs = 2000;

/**
 * The addresses of a target, all of them allowed. Resolved once: a later, different answer is never used (DNS rebinding).
 * @throws RemoteFileError `refused`, `unreachable`; and what the lookup rejects with
 */
export async function checkedAddresses(
  target: RemoteTarget,
  lookup: NameLookup,
  signal: AbortSignal,
): Promise<readonly LookupAddress[]> {
  const found =
    target.literal === null
      ? await lookup(target.host, signal)
      : [{ address: target.literal, family: isIPv6(target.literal) ? 6 : 4 }];
  signal.throwIfAborted();
  if (found.length === 0) throw new RemoteFileError('unreachable', new Error('the name has no address'));
  // A private address among public ones is an SSRF attempt, or a host that is not public.
  if (!found.every(({ address }) => target.allows(address))) throw new RemoteFileError('refused');
  return found;
}

/** Replaces the resolver of `net`: always returns the checked addresses. */
function pinned(addresses: readonly LookupAddress[]): LookupFunction {
  return (_name, options, callback) => {
    const [first] = addresses;
    if (options.all === true || first === undefined) callback(null, [...addresses]);
    else callback(null, first.address, first.family);
  };
}

/** A request to checked addresses alone: no proxy, no redirect, no cookie, no shared connection. */
export function requestTo(
  { url, host }: RemoteTarget,
  addresses: readonly LookupAddress[],
  { method, headers, signal }: { method: string; headers: OutgoingHttpHeaders; signal: AbortSignal },
): ClientRequest {
  const options: RequestOptions & { autoSelectFamilyAttemptTimeout: number } = {
    method,
    host,
    port: portOf(url),
    path: `${url.pathname}${url.search}`,
    headers: { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'velro', ...headers },
    agent: false,
    lookup: pinned(addresses),
    autoSelectFamilyAttemptTimeout: attemptTimeoutMs,
    maxHeaderSize: longestHeaders,
    insecureHTTPParser: false,
    signal,
  };
  return url.protocol === 'https:'
    ? overHttps({ ...options, rejectUnauthorized: true, minVersion: 'TLSv1.2' })
    : overHttp(options);
}

/** Sends the request, with its whole body, and resolves with the head of its answer. */
export function answerTo(request: ClientRequest, body?: Buffer): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    // Never removed: an error after the response belongs to the body, and one without a listener would end the process.
    request.on('error', reject);
    request.once('response', resolve);
    // An unrequested protocol switch ends with neither of the two events.
    request.once('close', () => {
      reject(new Error('the connection was closed'));
    });
    request.end(body);
  });
}

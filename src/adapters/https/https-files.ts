import type { LookupAddress } from 'node:dns';
import {
  request as overHttp,
  type ClientRequest,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http';
import { request as overHttps } from 'node:https';
import { isIPv6, type LookupFunction } from 'node:net';
import { addAbortSignal, pipeline } from 'node:stream';
import { RemoteFileError, RemoteFiles, type FetchRules, type RemoteFile } from '../../ports/remote-files.js';
import { MeasuredBody } from './measured-body.js';
import { systemLookup, type NameLookup } from './name-lookup.js';
import { portOf, readTarget, type RemoteTarget } from './remote-target.js';

/** Bytes of a response's headers. */
const longestHeaders = 16 * 1024;
/** Characters of the content type that are kept. */
const longestContentType = 200;
/** Milliseconds for one of several addresses before the next is tried as well (Happy Eyeballs). */
const attemptTimeoutMs = 2000;

/** 4xx responses that are temporary (RFC 9110, RFC 8470, RFC 6585). */
const transientStatus: readonly (number | undefined)[] = [408, 425, 429];

/** Files over HTTPS, straight from the checked address: no proxy, no redirect, no cookie, no shared connection. */
export class HttpsFiles extends RemoteFiles {
  constructor(private readonly lookup: NameLookup = systemLookup) {
    super();
  }

  async open(text: string, rules: FetchRules): Promise<RemoteFile> {
    const target = readTarget(text, rules);
    const deadline = AbortSignal.timeout(rules.timeoutMs);
    const signal = rules.signal === undefined ? deadline : AbortSignal.any([rules.signal, deadline]);
    try {
      signal.throwIfAborted();
      const addresses = await this.addressesOf(target, signal);
      const answer = await answerTo(startRequest(target, addresses, signal));
      return passedOn(answer, rules.maxBytes, signal);
    } catch (error) {
      throw error instanceof RemoteFileError ? error : new RemoteFileError('unreachable', error);
    }
  }

  /** Resolved once: a later, different answer is never used (DNS rebinding). */
  private async addressesOf(target: RemoteTarget, signal: AbortSignal): Promise<readonly LookupAddress[]> {
    const found =
      target.literal === null
        ? await this.lookup(target.host, signal)
        : [{ address: target.literal, family: isIPv6(target.literal) ? 6 : 4 }];
    signal.throwIfAborted();
    if (found.length === 0) throw new RemoteFileError('unreachable', new Error('the name has no address'));
    // A private address among public ones is an SSRF attempt, or a host that is not public.
    if (!found.every(({ address }) => target.allows(address))) throw new RemoteFileError('refused');
    return found;
  }
}

/** Replaces the resolver of `net`: always returns the checked addresses. */
function pinned(addresses: readonly LookupAddress[]): LookupFunction {
  return (_name, options, callback) => {
    const [first] = addresses;
    if (options.all === true || first === undefined) callback(null, [...addresses]);
    else callback(null, first.address, first.family);
  };
}

function startRequest(
  { url, host }: RemoteTarget,
  addresses: readonly LookupAddress[],
  signal: AbortSignal,
): ClientRequest {
  const options: RequestOptions & { autoSelectFamilyAttemptTimeout: number } = {
    method: 'GET',
    host,
    port: portOf(url),
    path: `${url.pathname}${url.search}`,
    headers: { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'velro' },
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

function answerTo(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    // Never removed: an error after the response belongs to the body, and one without a listener would end the process.
    request.on('error', reject);
    request.once('response', resolve);
    // An unrequested protocol switch ends with neither of the two events.
    request.once('close', () => {
      reject(new Error('the connection was closed'));
    });
    request.end();
  });
}

/** @throws RemoteFileError when the response is not an acceptable file; the connection is then closed */
function passedOn(answer: IncomingMessage, maxBytes: number, signal: AbortSignal): RemoteFile {
  try {
    const bytes = announcedBytes(answer);
    if (bytes !== null && bytes > maxBytes) throw new RemoteFileError('too_large');
    const body = addAbortSignal(signal, new MeasuredBody(maxBytes, bytes));
    // Errors end both sides, and reach the reader of the body; without a listener here an error before that would end
    // the process.
    body.on('error', () => undefined);
    pipeline(answer, body, () => undefined);
    return {
      stream: body,
      contentType: answer.headers['content-type']?.slice(0, longestContentType) ?? null,
      bytes,
    };
  } catch (error) {
    answer.destroy();
    throw error;
  }
}

/** Declared bytes of the body, or null for a chunked response. */
function announcedBytes({ statusCode = 0, headers }: IncomingMessage): number | null {
  if (statusCode >= 300 && statusCode < 400) throw new RemoteFileError('refused');
  if (statusCode >= 500 || transientStatus.includes(statusCode)) {
    throw new RemoteFileError('unreachable', new Error(`status ${statusCode}`));
  }
  if (statusCode !== 200) throw new RemoteFileError('missing', new Error(`status ${statusCode}`));
  // Not requested, and possibly a decompression bomb.
  if ((headers['content-encoding'] ?? 'identity').toLowerCase() !== 'identity') {
    throw new RemoteFileError('refused');
  }
  const coding = headers['transfer-encoding']?.toLowerCase();
  if (coding === 'chunked') return null;
  const length = headers['content-length'];
  // Without a length, a truncated body could not be detected.
  if (coding !== undefined || length === undefined || !/^\d{1,15}$/.test(length)) {
    throw new RemoteFileError('refused');
  }
  return Number(length);
}

import type { IncomingMessage } from 'node:http';
import { addAbortSignal, pipeline } from 'node:stream';
import { RemoteFileError, RemoteFiles, type FetchRules, type RemoteFile } from '../../ports/remote-files.js';
import { answerTo, checkedAddresses, requestTo } from './checked-address.js';
import { MeasuredBody } from './measured-body.js';
import { systemLookup, type NameLookup } from './name-lookup.js';
import { readTarget } from './remote-target.js';

/** Characters of the content type that are kept. */
const longestContentType = 200;

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
      const addresses = await checkedAddresses(target, this.lookup, signal);
      const answer = await answerTo(requestTo(target, addresses, { method: 'GET', headers: {}, signal }));
      return passedOn(answer, rules.maxBytes, signal);
    } catch (error) {
      throw error instanceof RemoteFileError ? error : new RemoteFileError('unreachable', error);
    }
  }
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

import type { Readable } from 'node:stream';

export interface RemoteFile {
  /** Ends with an error once a bound is passed; to be read to its end or destroyed. */
  readonly stream: Readable;
  /** As the other side says, which proves nothing. */
  readonly contentType: string | null;
  /** As announced, or null. */
  readonly bytes: number | null;
}

export interface FetchRules {
  /**
   * `public`: any https host on port 443 whose every address is a public one. A list (`host` or `host:port`): these
   * hosts and what stands below their names, https, and plain http where the host is this machine.
   */
  readonly hosts: 'public' | readonly string[];
  /** Bytes of the body; more ends the stream with `too_large`. */
  readonly maxBytes: number;
  /** Milliseconds from the call to the last byte. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/**
 * Files of other people's servers, fetched so that nobody can aim us at what only we can reach: the name is looked up
 * once, the connection goes to the address that was checked, redirects are not followed.
 */
export abstract class RemoteFiles {
  /** @throws RemoteFileError */
  abstract open(url: string, rules: FetchRules): Promise<RemoteFile>;
}

export type RemoteFileTrouble =
  /** Scheme, credentials, port, host or address not allowed; a redirect. For good. */
  | 'refused'
  /** Announced or sent more than allowed. For good. */
  | 'too_large'
  /** 4xx: there is nothing for us. */
  | 'missing'
  /** No connection, no answer in time, 5xx, cut off: perhaps later. */
  | 'unreachable';

export class RemoteFileError extends Error {
  override readonly name = 'RemoteFileError';
  constructor(
    readonly trouble: RemoteFileTrouble,
    cause?: unknown,
  ) {
    super(`the remote file is ${trouble}`, { cause });
  }
}

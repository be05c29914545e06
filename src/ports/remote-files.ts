import type { Readable } from 'node:stream';

export interface RemoteFile {
  /** Fails once a bound is passed; must be read to its end or destroyed. */
  readonly stream: Readable;
  /** As declared by the server, not verified. */
  readonly contentType: string | null;
  /** Declared length, or null. */
  readonly bytes: number | null;
}

export interface FetchRules {
  /**
   * `public`: any https host on port 443 that resolves only to public addresses. A list (`host` or `host:port`): these
   * hosts and their subdomains, https, and plain http only on loopback.
   */
  readonly hosts: 'public' | readonly string[];
  /** Bytes of the body; more ends the stream with `too_large`. */
  readonly maxBytes: number;
  /** Milliseconds from the call to the last byte. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/**
 * Fetches files from untrusted URLs without SSRF: the name is resolved once, the connection goes to the checked address
 * (no DNS rebinding), redirects are not followed.
 */
export abstract class RemoteFiles {
  /** @throws RemoteFileError */
  abstract open(url: string, rules: FetchRules): Promise<RemoteFile>;
}

export type RemoteFileTrouble =
  /** Scheme, credentials, port, host or address not allowed; a redirect. Permanent. */
  | 'refused'
  /** Declared or sent more than allowed. Permanent. */
  | 'too_large'
  /** 4xx. Permanent. */
  | 'missing'
  /** No connection, timeout, 5xx, truncated: a retry may succeed. */
  | 'unreachable';

/** Why a file could not be fetched; `trouble` tells whether a retry may succeed. */
export class RemoteFileError extends Error {
  override readonly name = 'RemoteFileError';
  constructor(
    readonly trouble: RemoteFileTrouble,
    cause?: unknown,
  ) {
    super(`the remote file is ${trouble}`, { cause });
  }
}

import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { FalSilent, FalUnreached } from './fal-errors.js';

export interface WireRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** Aborts the exchange: deadline, or abort by the caller. */
  readonly signal: AbortSignal;
  /** Bytes of the answer's body; more is an error. */
  readonly maxBytes: number;
}

export interface WireAnswer {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly body: Buffer;
}

// A new connection for each request: when a kept-alive one is being closed by the server, it is unknown whether the
// request arrived, and a submit of unknown outcome must never be sent again.
const agents = { http: new HttpAgent({ keepAlive: false }), https: new HttpsAgent({ keepAlive: false }) };

/**
 * One request, one response, no redirects. No byte is sent before the connection (with TLS: the verified connection) is
 * established, so that the two errors are reliable.
 * @throws FalUnreached nothing was sent
 * @throws FalSilent sent, but no complete response of at most `maxBytes` came
 */
export async function exchange({
  url,
  method,
  headers,
  body,
  signal,
  maxBytes,
}: WireRequest): Promise<WireAnswer> {
  if (signal.aborted) throw new FalUnreached(signal.reason);
  const secure = url.protocol === 'https:';
  const progress = { sent: false };
  try {
    const incoming = await new Promise<IncomingMessage>((resolve, reject) => {
      const outgoing = secure
        ? httpsRequest(url, { method, headers, signal, agent: agents.https })
        : httpRequest(url, { method, headers, signal, agent: agents.http });
      outgoing.on('error', reject).on('response', resolve);
      outgoing.on('socket', (socket: Socket) => {
        socket.once(secure ? 'secureConnect' : 'connect', () => {
          progress.sent = true;
          outgoing.end(body ?? undefined);
        });
      });
    });
    const { statusCode: status = 0, headers: fields } = incoming;
    return { status, retryAfter: fields['retry-after'] ?? null, body: await readAtMost(incoming, maxBytes) };
  } catch (error) {
    const cause: unknown = signal.reason ?? error;
    throw progress.sent ? new FalSilent(cause) : new FalUnreached(cause);
  }
}

async function readAtMost(incoming: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  // An error in the loop destroys the connection, so that nothing more is received.
  for await (const part of incoming as AsyncIterable<Buffer>) {
    length += part.byteLength;
    if (length > maxBytes) throw new Error(`the answer is longer than ${maxBytes} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

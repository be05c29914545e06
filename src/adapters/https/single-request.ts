import { Agent, request as overHttp, type IncomingMessage } from 'node:http';
import { Agent as SecureAgent, request as overHttps } from 'node:https';
import type { Socket } from 'node:net';
import { SpanKind } from '@opentelemetry/api';
import { inSpan, traceHeader } from '../../observability/tracing/spans.js';

export interface SingleRequest {
  /** Who is asked, for traces. */
  readonly peer: Peer;
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** Ends the request, and the reading of its answer. */
  readonly signal: AbortSignal;
  /** Milliseconds from the lookup of the name to the connection. Well below the time of the whole, so that some is left for the answer. */
  readonly connectTimeoutMs: number;
  /**
   * Connections that may be kept for later requests. Left out: one of its own. A kept one that its server is closing leaves open whether
   * the request arrived.
   */
  readonly kept?: KeptConnections;
}

/** Whom the service asks by a request that is sent once. */
export type Peer = 'fal' | 'language model' | 'meta' | 'webhook receiver';

/** An agent that knows since when each of its idle connections is idle. */
const timed = <A extends Agent>(agent: A, since: WeakMap<object, number>): A => {
  const keep: (socket: Socket) => unknown = agent.keepSocketAlive.bind(agent);
  agent.keepSocketAlive = (socket: Socket): unknown => {
    since.set(socket, performance.now());
    return keep(socket);
  };
  return agent;
};

/**
 * Connections that are used again, so that later requests do not wait for one. None that was idle for longer than its server may keep it:
 * a request on a connection that is being closed fails, and nobody knows whether it arrived. The agent's own timer does not do: in a
 * process that is busy it comes after the request.
 */
export class KeptConnections {
  private readonly idleSince = new WeakMap<object, number>();
  private readonly plain = timed(new Agent({ keepAlive: true }), this.idleSince);
  private readonly secured = timed(new SecureAgent({ keepAlive: true }), this.idleSince);

  /** @param idleMs - milliseconds for which a connection may have been idle */
  constructor(private readonly idleMs: number) {}

  of(url: URL): Agent {
    const agent = url.protocol === 'https:' ? this.secured : this.plain;
    const oldest = performance.now() - this.idleMs;
    for (const idle of Object.values(agent.freeSockets))
      for (const socket of idle ?? []) if ((this.idleSince.get(socket) ?? 0) < oldest) socket.destroy();
    return agent;
  }
}

/** There was no connection, with TLS none that is trusted: not a byte of the request was sent. */
export class NotSent extends Error {
  override readonly name = 'NotSent';
  constructor(cause: unknown) {
    super('no connection was made', { cause });
  }
}

/**
 * Sends one request, once there is a connection, and follows no redirect. Resolves with the head of the answer.
 * @throws NotSent; anything else: it may have arrived
 */
export async function sendOnce(request: SingleRequest): Promise<IncomingMessage> {
  const { peer, method } = request;
  return inSpan(
    `${method} ${peer}`,
    { kind: SpanKind.CLIENT, attributes: { 'http.request.method': method, 'velro.peer': peer } },
    async (span) => {
      const answer = await send(request, traceHeader(span));
      span.setAttribute('http.response.status_code', answer.statusCode ?? 0);
      return answer;
    },
  );
}

async function send(
  { url, method, headers, body, signal, connectTimeoutMs, kept }: SingleRequest,
  traceHeaders: Readonly<Record<string, string>>,
): Promise<IncomingMessage> {
  if (signal.aborted) throw new NotSent(signal.reason);
  const isSecure = url.protocol === 'https:';
  const options = { method, headers: { ...headers, ...traceHeaders }, signal, agent: kept?.of(url) ?? false };
  const outgoing = isSecure ? overHttps(url, options) : overHttp(url, options);
  const progress = { isConnected: false };
  const late = setTimeout(() => {
    outgoing.destroy(new Error('the connection took too long'));
  }, connectTimeoutMs);
  try {
    return await new Promise<IncomingMessage>((resolve, reject) => {
      outgoing.on('error', reject).once('response', resolve);
      // A change of the protocol that nobody asked for ends with neither of the two.
      outgoing.once('close', () => {
        reject(new Error('the connection was closed'));
      });
      outgoing.once('socket', (socket: Socket) => {
        const onConnected = (): void => {
          clearTimeout(late);
          progress.isConnected = true;
          outgoing.end(body ?? undefined);
        };
        if (outgoing.reusedSocket) onConnected();
        else socket.once(isSecure ? 'secureConnect' : 'connect', onConnected);
      });
    });
  } catch (error) {
    const cause: unknown = signal.reason ?? error;
    throw progress.isConnected ? cause : new NotSent(cause);
  } finally {
    clearTimeout(late);
  }
}

/** @throws when more than `maxBytes` come, or the answer breaks off */
export async function readAtMost(incoming: IncomingMessage, maxBytes: number): Promise<Buffer> {
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

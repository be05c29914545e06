import { request as plainRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as tlsRequest } from 'node:https';
import type { Answer } from '../../features/controls/facts/outside-facts.js';

/** Bytes of an answer that are looked at, of one that is read whole, and how long one is waited for; milliseconds. */
const [lookedBytes, wholeBytes, withinMs] = [64 * 1024, 4 * 1024 * 1024, 10_000];

export interface Probe {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** Sends requests to one address, one at a time; whatever is answered is bounded in bytes and time, and no redirect is followed. */
export class Prober {
  /** Ids of the requests that were answered, as the service gave them. */
  readonly requestIds = new Set<string>();

  constructor(readonly address: URL) {}

  /** @throws Error when there is no answer */
  async ask({ method, path, headers = {}, body }: Probe, mostBytes = lookedBytes): Promise<Answer> {
    const options: RequestOptions = {
      method,
      headers: {
        'user-agent': 'velro-security-audit',
        ...headers,
        ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
      },
      signal: AbortSignal.timeout(withinMs),
      // A connection of its own: an answer that is not read to its end leaves nothing behind.
      agent: false,
    };
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const send = this.address.protocol === 'https:' ? tlsRequest : plainRequest;
      const request = send(new URL(path, this.address), options, resolve);
      request.on('error', reject);
      // Nobody asked for another protocol; without a listener the answer would never come to its end.
      request.on('upgrade', (_answer, socket) => {
        socket.destroy();
        reject(new Error('the protocol was switched'));
      });
      request.on('close', () => {
        reject(new Error('the connection was closed'));
      });
      request.end(body);
    });
    const id = answer.headers['x-request-id'];
    if (typeof id === 'string') this.requestIds.add(id);
    return {
      request: `${method} ${path.split('?')[0] ?? ''}`,
      status: answer.statusCode ?? 0,
      headers: headersOf(answer),
      body: await beginningOf(answer, mostBytes),
    };
  }

  async json(
    probe: Probe & { readonly token?: string; readonly json?: unknown },
  ): Promise<Answer & { readonly value: Record<string, unknown> }> {
    const answer = await this.ask(
      {
        ...probe,
        headers: {
          ...(probe.json === undefined ? {} : { 'content-type': 'application/json' }),
          ...(probe.token === undefined ? {} : { authorization: `Bearer ${probe.token}` }),
          ...probe.headers,
        },
        ...(probe.json === undefined ? {} : { body: JSON.stringify(probe.json) }),
      },
      wholeBytes,
    );
    return { ...answer, value: objectOf(answer.body) };
  }
}

const headersOf = ({ headers }: IncomingMessage): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat().join('\n')]));

async function beginningOf(answer: IncomingMessage, mostBytes: number): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const part of answer as AsyncIterable<Buffer>) {
      parts.push(part);
      bytes += part.length;
      if (bytes >= mostBytes) break;
    }
  } catch {
    // What came before it broke off is what there is.
  } finally {
    answer.destroy();
  }
  return Buffer.concat(parts).subarray(0, mostBytes).toString();
}

/** Nothing where it is none. */
export function objectOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

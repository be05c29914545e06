import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly bytes: Buffer;
  /** The body as an object; empty when it is not one. */
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Call {
  readonly method?: string;
  readonly token?: string | undefined;
  readonly body?: unknown;
}

const timeoutMs = 30_000;

/**
 * HTTP client of the tour. Rejects after 30 seconds without an answer. Not the typed client: that one sends by `fetch`, which cannot
 * choose the address it connects from, and the image, which this is built into, has none of its packages.
 */
export class TourClient {
  constructor(
    private readonly base: string,
    /** Local address to connect from; null: the default. A different one for each tour gets its own rate limits. */
    private readonly from: string | null,
  ) {}

  async call(path: string, call: Call = {}): Promise<Answer> {
    const incoming = await this.send(path, call);
    const parts: Buffer[] = [];
    for await (const part of incoming as AsyncIterable<Buffer>) parts.push(part);
    const bytes = Buffer.concat(parts);
    return {
      status: incoming.statusCode ?? 0,
      headers: incoming.headers,
      bytes,
      body: parseObject(bytes.toString('utf8')),
    };
  }

  /** The events of a server-sent event stream, until it ends. */
  async *events(
    path: string,
    token: string,
  ): AsyncGenerator<{ event: string; data: Readonly<Record<string, unknown>> }> {
    const incoming = await this.send(path, { token });
    let text = '';
    for await (const part of incoming.setEncoding('utf8') as AsyncIterable<string>) {
      text += part;
      for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
        const block = text.slice(0, end);
        text = text.slice(end + 2);
        const event = /^event: (.*)$/m.exec(block)?.[1];
        if (event !== undefined) yield { event, data: parseObject(/^data: (.*)$/m.exec(block)?.[1] ?? '') };
      }
    }
  }

  private send(path: string, { method, token, body }: Call): Promise<IncomingMessage> {
    const url = new URL(path, this.base);
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    return new Promise((resolve, reject) => {
      const outgoing = send(
        url,
        {
          method: method ?? (payload === undefined ? 'GET' : 'POST'),
          timeout: timeoutMs,
          agent: false,
          ...(this.from === null ? {} : { localAddress: this.from }),
          headers: {
            'user-agent': 'velro-tour',
            ...(payload === undefined ? {} : { 'content-type': 'application/json' }),
            ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          },
        },
        resolve,
      );
      outgoing.on('timeout', () => outgoing.destroy(new Error('no answer in time')));
      outgoing.on('error', reject);
      outgoing.end(payload);
    });
  }
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

import { request } from 'node:http';

export type SeenPart = Readonly<Record<string, string>> & { readonly type: string };

/** An answer as a client reads it. */
export interface ChatStream {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** As they come; `isDone`: the stream was closed by `[DONE]`. */
  readonly parts: SeenPart[];
  isDone: boolean;
  /** Resolves when the connection is over, in whatever way. */
  readonly over: Promise<void>;
  leave(): void;
}

/** Opens a stream of an answer; resolves with its headers. */
export function openChat(
  url: string,
  token: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<ChatStream> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, {
      method: body === null ? 'GET' : 'POST',
      agent: false,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    });
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) => {
      let text = '';
      const over = new Promise<void>((end) => {
        incoming.once('close', end);
      });
      const stream: ChatStream = {
        status: incoming.statusCode ?? 0,
        headers: incoming.headers,
        parts: [],
        isDone: false,
        over,
        leave: () => outgoing.destroy(),
      };
      incoming.setEncoding('utf8').on('error', () => undefined);
      incoming.on('data', (more: string) => {
        text += more;
        for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
          const data = /^data: (.*)$/mu.exec(text.slice(0, end))?.[1];
          text = text.slice(end + 2);
          if (data === '[DONE]') stream.isDone = true;
          else if (data !== undefined) stream.parts.push(JSON.parse(data) as SeenPart);
        }
      });
      resolve(stream);
    });
    outgoing.end(body === null ? undefined : JSON.stringify(body));
  });
}

export const textOf = (parts: readonly SeenPart[]): string =>
  parts.map(({ type, delta }) => (type === 'text-delta' ? (delta ?? '') : '')).join('');

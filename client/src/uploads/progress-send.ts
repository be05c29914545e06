import type { Send } from '../calls/attempt.js';

/** Told of bytes of the body that have left, and of how many there are. */
export type OnProgress = (sent: number, total: number) => void;

/** The part of XMLHttpRequest that is used. */
interface Xhr {
  status: number;
  response: string;
  responseType: string;
  onload: () => void;
  onerror: () => void;
  readonly upload: { onprogress: (event: { loaded: number; total: number }) => void };
  open(method: string, url: string): void;
  setRequestHeader(name: string, value: string): void;
  getAllResponseHeaders(): string;
  send(body: unknown): void;
  abort(): void;
}

/** Statuses whose answers have no body, so that a Response takes none. */
const withoutBody = [204, 205, 304];

/**
 * Sends with progress: by XMLHttpRequest, since `fetch` does not say how much has left. Null where there is none, as in Node.
 */
export function progressSend(onProgress: OnProgress): Send | null {
  const { XMLHttpRequest: Request } = globalThis as { XMLHttpRequest?: new () => Xhr };
  if (Request === undefined) return null;
  return (url, { method = 'GET', headers, body, signal }) =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const xhr = new Request();
      const abort = (): void => {
        xhr.abort();
        reject(signal?.reason as Error);
      };
      xhr.open(method, url);
      xhr.responseType = 'text';
      headers.forEach((value, name) => {
        xhr.setRequestHeader(name, value);
      });
      xhr.upload.onprogress = ({ loaded, total }) => {
        onProgress(loaded, total);
      };
      xhr.onload = () => {
        signal?.removeEventListener('abort', abort);
        resolve(toResponse(xhr));
      };
      xhr.onerror = () => {
        signal?.removeEventListener('abort', abort);
        reject(new TypeError('the request could not be sent, or its answer not be read'));
      };
      signal?.addEventListener('abort', abort, { once: true });
      xhr.send(body);
    });
}

function toResponse(xhr: Xhr): Response {
  const headers = new Headers();
  for (const line of xhr.getAllResponseHeaders().split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.append(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  return new Response(withoutBody.includes(xhr.status) ? null : xhr.response, {
    status: xhr.status,
    headers,
  });
}

import createFetch from 'openapi-fetch';
import type { Session } from '../session/session.js';
import type { StoredTokens } from '../session/token-store.js';
import { toForm } from '../uploads/order-form.js';
import { asConnectionError, type Send } from './attempt.js';
import { toFailure } from './failure.js';
import { newKey } from './new-key.js';
import { PreparedRequest, type Handling, type Pipeline } from './pipeline.js';
import { bringsTokens, isSignIn, logoutPath, needsKey } from './routes.js';

/** Parameters, body and headers of a call, as openapi-fetch takes them. */
export interface LooseInit {
  readonly params?: { readonly header?: Readonly<Record<string, unknown>> };
  readonly headers?: unknown;
  readonly signal?: AbortSignal | null;
  readonly body?: unknown;
}

export interface LooseAnswer {
  readonly data: unknown;
  readonly response: Response;
}

type LooseRequest = (
  method: string,
  path: string,
  init: object,
) => Promise<{ data?: string; response: Response }>;

interface CallerOptions {
  readonly baseUrl: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly session: Session;
  readonly pipeline: Pipeline;
  readonly send: Send;
  readonly timeoutMs: number;
}

/** Makes calls by the path templates of the description: openapi-fetch builds and parses, the pipeline sends. */
export class Caller {
  private readonly options: CallerOptions;
  private readonly request: LooseRequest;

  constructor(options: CallerOptions) {
    this.options = options;
    // Typed by the paths of the description at the outside (api.ts); in here a path is a text.
    const settings: object = {
      baseUrl: options.baseUrl,
      headers: options.headers,
      // This API has no cookies.
      credentials: 'omit',
      Request: PreparedRequest,
      bodySerializer: serialize,
    };
    const client: { readonly request: unknown } = createFetch(settings);
    this.request = client.request as LooseRequest;
  }

  /** `send`, `timeoutMs`: instead of those of the client. */
  async call(
    method: string,
    path: string,
    init: LooseInit = {},
    own: Partial<Pick<Handling, 'send' | 'timeoutMs'>> = {},
  ): Promise<LooseAnswer> {
    const { pipeline, send, timeoutMs } = this.options;
    const handling = { send, timeoutMs, repeats: true, ...own };
    let credentials = 'none' as Handling['credentials'];
    let sent = null as StoredTokens | null;
    const onTokens = (tokens: StoredTokens): void => {
      sent = tokens;
    };
    const fetch = (request: PreparedRequest): Promise<Response> => {
      const { headers } = request.init;
      credentials = credentialsFor(path, headers);
      if (needsKey(method, path) && !headers.has('idempotency-key')) headers.set('idempotency-key', newKey());
      return pipeline.send(request, { ...handling, credentials, onTokens });
    };
    const answer = await this.parsed(method, path, { ...init, fetch });
    if (bringsTokens(path) && credentials !== 'none') await this.follow(path, init, answer.data, sent);
    return answer;
  }

  private async parsed(
    method: string,
    path: string,
    init: LooseInit & { fetch: unknown },
  ): Promise<LooseAnswer> {
    try {
      const { data = '', response } = await this.request(method, path, { ...init, parseAs: 'text' });
      return { data: readBody(response, data, path), response };
    } catch (error) {
      throw asConnectionError(error, init.signal ?? null);
    }
  }

  /** What an answer means for the session. */
  private async follow(
    path: string,
    init: LooseInit,
    data: unknown,
    sent: StoredTokens | null,
  ): Promise<void> {
    const { session } = this.options;
    const { scope } = (init.body ?? {}) as { scope?: string };
    if (path !== logoutPath) await session.keep(data, sent);
    else if (scope !== 'others' && sent !== null) await session.clear(sent);
  }
}

/** A form where a file is among the values, JSON otherwise. */
function serialize(body: unknown): string | FormData {
  const hasFile = Object.values(body ?? {}).some((value) => value instanceof Blob);
  return hasFile ? toForm(body as object) : JSON.stringify(body);
}

/** @throws VelroResponseError where the body is neither JSON nor plain text: whatever sent it, it was not the service */
function readBody(response: Response, text: string, path: string): unknown {
  if (text === '') return undefined;
  const type = response.headers.get('content-type') ?? '';
  if (type.startsWith('text/plain')) return text;
  try {
    if (type.includes('json')) return JSON.parse(text) as unknown;
  } catch {
    // Cut off, or changed on the way.
  }
  throw toFailure(response, text, path);
}

/** A call that brings its own credentials (an API key, the operator) is left as it is. */
function credentialsFor(path: string, headers: Headers): Handling['credentials'] {
  if (headers.has('authorization')) return 'none';
  return isSignIn(path) ? 'device' : 'session';
}

import type { Answer, Call, GenerationEvent, GenerationOrder, Verb } from './api.js';
import { Caller, type LooseInit } from './calls/caller.js';
import { Pipeline } from './calls/pipeline.js';
import { refreshPath } from './calls/routes.js';
import type { Send } from './calls/attempt.js';
import type { VelroError } from './errors.js';
import { exchangeRefreshToken } from './session/exchange.js';
import { systemLocks, type Locks } from './session/refresh-lock.js';
import { Session } from './session/session.js';
import { memoryStore, type TokenStore } from './session/token-store.js';
import { Streams } from './streams/streams.js';
import { generate, type GenerateOptions } from './uploads/generate.js';

export interface ClientOptions {
  /** Where the service is, without `/api/v1`. Empty: the origin of the page. */
  readonly baseUrl: string;
  /** Default: in memory. */
  readonly store?: TokenStore;
  /**
   * The session has ended: by a sign-out (null), or because the service refused to renew it. Not called when the service cannot be
   * reached. Other tabs, and other clients of the same store, call it at their next call, with null.
   */
  readonly onSignedOut?: (cause: VelroError | null) => void;
  /** Sent with every call. With an `authorization` of its own, an API key, the client neither sends, keeps, renews nor clears tokens. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Time limit of one attempt, up to the end of its answer, in milliseconds. Default 30,000. Not for uploads and streams. */
  readonly timeoutMs?: number;
  /** Default: `fetch` of the platform. All requests go through it: uploads then have no progress by bytes. */
  readonly fetch?: Send;
  /** Default: `navigator.locks`. */
  readonly locks?: Locks;
}

export interface EventsOptions {
  readonly signal?: AbortSignal;
  /** `id` of the last event that is known: only later ones come. Nothing comes where that was the last. */
  readonly lastEventId?: string;
}

export interface Client {
  readonly GET: Call<'get'>;
  readonly PUT: Call<'put'>;
  readonly POST: Call<'post'>;
  readonly PATCH: Call<'patch'>;
  readonly DELETE: Call<'delete'>;
  /**
   * Orders a generation, with a reference image where one is given: without the time limit of POST, and with progress.
   * @throws VelroError, VelroResponseError, VelroConnectionError, VelroStoreError, and the reason of an aborted signal
   */
  generate(order: GenerationOrder, options?: GenerateOptions): Promise<Answer<'/api/v1/generations', 'post'>>;
  /**
   * The events of a generation until it ends. Lost connections are opened again where they broke, with tokens renewed as needed;
   * leaving the loop closes the stream.
   * @throws VelroError, VelroResponseError, VelroConnectionError, VelroStoreError, and the reason of an aborted signal
   */
  events(id: string, options?: EventsOptions): AsyncGenerator<GenerationEvent, void, undefined>;
  /**
   * Renews the tokens now, for a role or a factor that has just changed.
   * @throws VelroError when the session has ended, or there is none (`token_missing`); VelroResponseError, VelroConnectionError and
   * VelroStoreError when there was no decision
   */
  refresh(): Promise<void>;
}

/** A client of one service and one session. */
export function createClient(options: ClientOptions): Client {
  const { headers = {}, timeoutMs = 30_000, locks = systemLocks(), store = memoryStore() } = options;
  const baseUrl = options.baseUrl.replace(/\/+$/, '');
  const send = options.fetch ?? ((url, init) => fetch(url, init));
  const session = new Session({
    store,
    locks,
    exchange: (token) => exchangeRefreshToken({ url: `${baseUrl}${refreshPath}`, send, timeoutMs }, token),
    onSignedOut: options.onSignedOut ?? (() => undefined),
  });
  const pipeline = new Pipeline(session);
  const caller = new Caller({ baseUrl, headers, session, pipeline, send, timeoutMs });
  const streams = new Streams({ baseUrl, headers, pipeline, send });
  const verb = <Method extends Verb>(method: Method) =>
    ((path: string, init?: LooseInit) => caller.call(method, path, init)) as Call<Method>;
  return {
    GET: verb('get'),
    PUT: verb('put'),
    POST: verb('post'),
    PATCH: verb('patch'),
    DELETE: verb('delete'),
    generate: (order, how = {}) => generate(caller, order, how, options.fetch !== undefined),
    events: (id, { signal = null, lastEventId = '' } = {}) => streams.events(id, signal, lastEventId),
    refresh: () => session.refresh(),
  };
}

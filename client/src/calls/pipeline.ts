import { VelroError } from '../errors.js';
import type { Session } from '../session/session.js';
import type { StoredTokens } from '../session/token-store.js';
import { asConnectionError, attempt, type Attempt, type PreparedInit } from './attempt.js';
import { failureOf } from './failure.js';
import { repeatAfter } from './retry-after.js';
import { orAborted, wait } from './wait.js';

/** A request that can be sent more than once. openapi-fetch makes it in place of a Request, whose body can be read once. */
export class PreparedRequest {
  readonly url: string;
  readonly init: PreparedInit;

  constructor(url: string, init: PreparedInit) {
    this.url = url;
    this.init = init;
  }

  get method(): string {
    return this.init.method ?? 'GET';
  }
}

export interface Handling extends Attempt {
  /** `session`: with the access token. `device`: a sign-in, with the token of the device. `none`: as it is. */
  readonly credentials: 'session' | 'device' | 'none';
  /** Whether a refusal that asks for a repeat is followed here; a stream counts it as a lost connection. */
  readonly repeats: boolean;
  /** Told of the tokens of the session with which the request is sent. */
  readonly onTokens?: (tokens: StoredTokens) => void;
}

const safe = ['GET', 'HEAD', 'OPTIONS'];

/** Sends requests with the credentials of a session, renews these, and repeats what the service asks to repeat. */
export class Pipeline {
  private readonly session: Session;

  constructor(session: Session) {
    this.session = session;
  }

  /**
   * Resolves with a successful answer, whose body is still to be read.
   * @throws VelroError, VelroResponseError, VelroConnectionError, VelroStoreError, and the reason of an aborted signal
   */
  async send({ url, init, method }: PreparedRequest, handling: Handling): Promise<Response> {
    const signal = init.signal ?? null;
    const isRepeatable = handling.repeats && (safe.includes(method) || init.headers.has('idempotency-key'));
    let isRenewed = false;
    let sent: { readonly tokens: StoredTokens; readonly failure: Error } | null = null;
    for (let repeats = 0; ;) {
      const tokens = await this.authorise(init.headers, handling, signal);
      // What one person has asked for is not repeated in the name of another one who has signed in meanwhile.
      if (sent !== null && isAnother(tokens, sent.tokens)) throw sent.failure;
      const response = await attempt(url, init, handling);
      if (response.ok) return response;
      const failure = await failureOf(response, url).catch((error: unknown) => {
        throw asConnectionError(error, signal);
      });
      sent = { tokens, failure };
      const { access_token: token } = tokens;
      if (token !== undefined && !isRenewed && isStaleToken(failure)) {
        isRenewed = true;
        await orAborted(this.session.renew(token), signal);
        continue;
      }
      const delay = repeatAfter(failure, { isRepeatable, repeats }, Date.now());
      if (delay === null) throw failure;
      repeats++;
      await wait(delay, signal);
    }
  }

  /** Sets the headers. Returns the tokens where they are ours to renew. */
  private async authorise(
    headers: Headers,
    { credentials, onTokens }: Handling,
    signal: AbortSignal | null,
  ): Promise<StoredTokens> {
    if (credentials === 'none') return {};
    if (credentials === 'device') {
      const { device_token: device } = await orAborted(this.session.present(), signal);
      if (device !== undefined) headers.set('x-device-token', device);
      return {};
    }
    const tokens = await orAborted(this.session.forCall(), signal);
    onTokens?.(tokens);
    if (tokens.access_token === undefined) headers.delete('authorization');
    else headers.set('authorization', `Bearer ${tokens.access_token}`);
    return tokens;
  }
}

const isAnother = (now: StoredTokens, before: StoredTokens): boolean =>
  now.access_token !== undefined && now.session !== before.session;

const isStaleToken = (failure: Error): boolean =>
  failure instanceof VelroError && failure.status === 401 && failure.code === 'token_invalid';

import type { IncomingMessage } from 'node:http';
import type { Config } from '../../../config/config.js';
import type { Secret } from '../../../config/values/secret.js';
import { messengerPolicy } from '../../../config/policy/assistants/messenger.js';
import { hmacSha256 } from '../../crypto/hash.js';
import { SendFailed } from '../../ports/delivery/messaging-channel.js';
import { NotSent, readAtMost, sendOnce } from '../https/single-request.js';

type MetaPageAccess = NonNullable<NonNullable<Config['messenger']>['page']>;

/** Codes of the Graph API that say that too many calls were made. */
const rateCodes: ReadonlySet<number> = new Set([4, 32, 613, 80006]);
/** The token of the page: expired, withdrawn, or none. */
const tokenCode = 190;
/** Failures of Meta's own that it asks to be retried: unknown error, service. */
const transientCodes: ReadonlySet<number> = new Set([1, 2, 1200]);

/** Milliseconds of a call, and of its connection. */
export interface CallTimes {
  readonly sendTimeoutMs: number;
  readonly connectTimeoutMs: number;
}

export interface GraphCall {
  readonly method: 'GET' | 'POST';
  /** Below the version, without a leading slash. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
  /** Null: it is ended by its own time alone. */
  readonly signal: AbortSignal | null;
}

/** Calls of Meta's Graph API. Tokens go in a header, never in an address. */
export class GraphApi {
  private readonly base: string;
  private readonly pageToken: string;
  private readonly appSecret: string;
  private readonly proof: string;

  constructor(
    { accessToken, graphUrl }: Pick<MetaPageAccess, 'accessToken' | 'graphUrl'>,
    appSecret: Secret,
    private readonly times: CallTimes = messengerPolicy,
  ) {
    this.base = `${graphUrl}/${messengerPolicy.graphVersion}`;
    this.pageToken = accessToken.reveal();
    this.appSecret = appSecret.reveal();
    this.proof = hmacSha256(this.appSecret, this.pageToken).toString('hex');
  }

  /** As the page. The JSON of a 2xx answer; null where it is none. @throws SendFailed */
  asPage(call: GraphCall): Promise<unknown> {
    const query = { ...call.query, appsecret_proof: this.proof };
    return this.call({ ...call, query }, this.pageToken);
  }

  /** What Meta knows of the token of the page, asked as the app. @throws SendFailed */
  aboutPageToken(appId: string, signal: AbortSignal): Promise<unknown> {
    // The one place that takes a token in the address: the API has no other.
    const query = { input_token: this.pageToken };
    return this.call({ method: 'GET', path: 'debug_token', query, signal }, `${appId}|${this.appSecret}`);
  }

  private async call({ method, path, query = {}, body, signal }: GraphCall, token: string): Promise<unknown> {
    const { sendTimeoutMs, connectTimeoutMs } = this.times;
    const late = AbortSignal.timeout(sendTimeoutMs);
    let answer: IncomingMessage;
    try {
      answer = await sendOnce({
        peer: 'meta',
        url: new URL(`${this.base}/${path}?${new URLSearchParams(query).toString()}`),
        method,
        body: body === undefined ? null : JSON.stringify(body),
        headers: {
          accept: 'application/json',
          'content-type': 'application/json',
          authorization: `Bearer ${token}`,
        },
        signal: signal === null ? late : AbortSignal.any([signal, late]),
        connectTimeoutMs,
      });
    } catch (error) {
      throw new SendFailed(error instanceof NotSent ? 'unreached' : 'unknown', null);
    }
    const { statusCode: status = 0 } = answer;
    const json = await jsonOf(answer);
    if (status >= 200 && status < 300) return json;
    throw new SendFailed(failureOf(status, codeOf(json)), codeOf(json));
  }
}

/** Undefined for what is no object, or has no such field. */
export const fieldOf = (json: unknown, name: string): unknown =>
  typeof json === 'object' && json !== null && name in json
    ? (json as Readonly<Record<string, unknown>>)[name]
    : undefined;

/** Empty for what is no list. */
export const listOf = (json: unknown, name: string): readonly unknown[] => {
  const list = fieldOf(json, name);
  return Array.isArray(list) ? (list as readonly unknown[]) : [];
};

function failureOf(status: number, code: number | null): SendFailed['failure'] {
  if (code === tokenCode) return 'token';
  if (status === 429 || (code !== null && rateCodes.has(code))) return 'rate';
  if (code !== null && transientCodes.has(code)) return 'unreached';
  // An error without the API's code is of something in between, and says nothing about the message.
  return status >= 500 ? 'unknown' : 'refused';
}

function codeOf(json: unknown): number | null {
  const code = fieldOf(fieldOf(json, 'error'), 'code');
  return Number.isSafeInteger(code) ? (code as number) : null;
}

/** At most `answerBytes`; null for what is no JSON. */
async function jsonOf(answer: IncomingMessage): Promise<unknown> {
  try {
    return JSON.parse((await readAtMost(answer, messengerPolicy.answerBytes)).toString()) as unknown;
  } catch {
    return null;
  }
}

import type { Config } from '../../../config/config.js';
import { messengerPolicy } from '../../../config/policy/assistants/messenger.js';
import { hmacSha256 } from '../../crypto/hash.js';
import {
  MessagingChannel,
  SendFailed,
  type OutgoingMessage,
  type PagePerson,
} from '../../ports/delivery/messaging-channel.js';

/** Codes of the Graph API that say that too many calls were made. */
const rateCodes: ReadonlySet<number> = new Set([4, 32, 613, 80006]);
/** The token of the page: expired, withdrawn, or none. */
const tokenCode = 190;
/** Failures of Meta's own that it asks to be retried: unknown error, service. */
const transientCodes: ReadonlySet<number> = new Set([1, 2, 1200]);
/** No connection was made: nothing was sent. */
const unsent: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** The Send API of Meta's Graph API, for one page. */
export class MetaChannel extends MessagingChannel {
  private readonly base: string;
  private readonly proof: string;
  private readonly authorization: string;

  constructor({ pageAccessToken, appSecret, graphUrl }: NonNullable<Config['messenger']>) {
    super();
    const token = pageAccessToken.reveal();
    this.base = `${graphUrl}/${messengerPolicy.graphVersion}`;
    this.proof = hmacSha256(appSecret.reveal(), token).toString('hex');
    this.authorization = `Bearer ${token}`;
  }

  async send({ psid, text, metadata }: OutgoingMessage): Promise<string> {
    const answer = await this.post(
      { recipient: { id: psid }, messaging_type: 'RESPONSE', message: { text, metadata } },
      null,
    );
    const id = fieldOf(answer, 'message_id');
    // It answered 200: it was sent.
    return typeof id === 'string' ? id.slice(0, messengerPolicy.midCharacters) : '';
  }

  async idsAtPages(appUserId: string, signal: AbortSignal): Promise<readonly PagePerson[]> {
    const answer = await this.call('GET', `${appUserId}/ids_for_pages`, null, signal);
    const data = fieldOf(answer, 'data');
    return (Array.isArray(data) ? (data as readonly unknown[]) : []).flatMap((one) => {
      const [psid, pageId] = [fieldOf(one, 'id'), fieldOf(fieldOf(one, 'page'), 'id')];
      return typeof psid === 'string' && typeof pageId === 'string' ? [{ psid, pageId }] : [];
    });
  }

  async showTyping(psid: string, signal: AbortSignal): Promise<void> {
    await this.post({ recipient: { id: psid }, sender_action: 'typing_on' }, signal).catch(() => undefined);
  }

  private post(body: object, signal: AbortSignal | null): Promise<unknown> {
    return this.call('POST', 'me/messages', body, signal);
  }

  /** The JSON of a 2xx answer; null where it is none. @throws SendFailed */
  private async call(
    method: 'GET' | 'POST',
    path: string,
    body: object | null,
    signal: AbortSignal | null,
  ): Promise<unknown> {
    const late = AbortSignal.timeout(messengerPolicy.sendTimeoutMs);
    let answer: Response;
    try {
      answer = await fetch(`${this.base}/${path}?appsecret_proof=${this.proof}`, {
        method,
        body: body === null ? null : JSON.stringify(body),
        headers: { 'content-type': 'application/json', authorization: this.authorization },
        redirect: 'manual',
        signal: signal === null ? late : AbortSignal.any([signal, late]),
      });
    } catch (error) {
      throw new SendFailed(wasSent(error) ? 'unknown' : 'unreached', null);
    }
    const json = await jsonOf(answer);
    if (answer.ok) return json;
    throw new SendFailed(failureOf(answer.status, codeOf(json)), codeOf(json));
  }
}

function failureOf(status: number, code: number | null): SendFailed['failure'] {
  if (code === tokenCode) return 'token';
  if (status === 429 || (code !== null && rateCodes.has(code))) return 'rate';
  if (code !== null && transientCodes.has(code)) return 'unreached';
  // An error without the API's code is of something in between, and says nothing about the message.
  return status >= 500 ? 'unknown' : 'refused';
}

const fieldOf = (json: unknown, name: string): unknown =>
  typeof json === 'object' && json !== null && name in json
    ? (json as Readonly<Record<string, unknown>>)[name]
    : undefined;

function codeOf(json: unknown): number | null {
  const code = fieldOf(fieldOf(json, 'error'), 'code');
  return Number.isSafeInteger(code) ? (code as number) : null;
}

/** At most `answerBytes`; null for what is no JSON. */
async function jsonOf({ body }: Response): Promise<unknown> {
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const part of body ?? []) {
      size += (part as Uint8Array).byteLength;
      if (size > messengerPolicy.answerBytes) return null;
      parts.push(part as Uint8Array);
    }
    return JSON.parse(Buffer.concat(parts).toString()) as unknown;
  } catch {
    return null;
  }
}

function wasSent(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return !(typeof code === 'string' && unsent.has(code));
}

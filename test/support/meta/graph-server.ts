import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Service } from '../process/service.js';

/** What Meta's Send API does instead of sending. */
export type SendFault =
  | { readonly kind: 'error'; readonly status: number; readonly code: number; readonly subcode?: number }
  /** Takes the message, and never answers. */
  | { readonly kind: 'hang' }
  /** Takes the message, and answers so many milliseconds later. */
  | { readonly kind: 'slow'; readonly ms: number }
  | { readonly kind: 'reset' }
  | { readonly kind: 'garbage' };

export interface SentMessage {
  readonly psid: string;
  readonly text: string;
  readonly metadata: string;
  readonly messagingType: string;
  readonly mid: string;
}

/** Meta on this machine: the Send API of the Graph API, and whoever delivers signed batches. */
export class GraphServer {
  readonly secret = randomBytes(16).toString('hex');
  readonly token = `EAA${randomBytes(40).toString('hex')}`;
  readonly verifyToken = randomBytes(16).toString('hex');
  readonly pageId = String(1_000_000_000 + Math.floor(Math.random() * 1_000_000_000));
  /** What was taken for sending, in its order. */
  readonly sent: SentMessage[] = [];
  readonly typing: string[] = [];
  /** Requests without the right token or proof. */
  strayed = 0;
  /** Who is who at the page, by the id at the app; null: Meta refuses to say. */
  readonly idsAtPages = new Map<string, string | null>();
  readonly appId = String(10_000_000_000 + Math.floor(Math.random() * 10_000_000_000));
  /** What `debug_token` says of the token, as Meta writes it; null: it answers with an error. */
  tokenState: Readonly<Record<string, unknown>> | null = { is_valid: true, expires_at: 0 };
  /** Fields of the page that the app is told of; null: Meta answers with an error. */
  subscribed: readonly string[] | null = [];
  /** For the next sendings, one each. */
  readonly faults: SendFault[] = [];
  private port = 0;
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => {
      this.answer(request, response).catch(() => request.destroy());
    });
  }

  static async start(): Promise<GraphServer> {
    const graph = new GraphServer();
    await new Promise<void>((resolve) => graph.server.listen(0, '127.0.0.1', resolve));
    graph.port = (graph.server.address() as AddressInfo).port;
    return graph;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** The settings of a service whose page this is. */
  get env(): Readonly<Record<string, string>> {
    return {
      FACEBOOK_PAGE_ACCESS_TOKEN: this.token,
      FACEBOOK_VERIFY_TOKEN: this.verifyToken,
      FACEBOOK_APP_SECRET: this.secret,
      FACEBOOK_APP_ID: this.appId,
      FACEBOOK_GRAPH_URL: `http://127.0.0.1:${this.port}`,
    };
  }

  signatureOf(body: string): string {
    return `sha256=${createHmac('sha256', this.secret).update(body).digest('hex')}`;
  }

  /** Somebody wants everything deleted. */
  signedRequest(payload: object): string {
    const text = Buffer.from(JSON.stringify(payload)).toString('base64url');
    const signature = createHmac('sha256', this.secret).update(text).digest('base64url');
    return `signed_request=${signature}.${text}`;
  }

  /** Delivers a batch, signed. */
  deliver(
    service: Service,
    body: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return fetch(`${service.url}/webhook/messenger`, {
      method: 'POST',
      body: text,
      headers: {
        'content-type': 'application/json',
        'x-hub-signature-256': this.signatureOf(text),
        ...headers,
      },
    });
  }

  /** A batch with these updates of the page. */
  batch(...messaging: readonly object[]): object {
    return { object: 'page', entry: [{ id: this.pageId, time: Date.now(), messaging }] };
  }

  text(psid: string, text: string, more: object = {}, at = Date.now()): object {
    return {
      sender: { id: psid },
      recipient: { id: this.pageId },
      timestamp: at,
      message: { mid: `m_${randomUUID()}`, text, ...more },
    };
  }

  echo(psid: string, more: object): object {
    return {
      sender: { id: this.pageId },
      recipient: { id: psid },
      timestamp: Date.now(),
      message: { mid: `m_${randomUUID()}`, text: 'echoed', is_echo: true, ...more },
    };
  }

  /** What a person was sent. */
  textsTo(psid: string): string[] {
    return this.sent.filter((message) => message.psid === psid).map(({ text }) => text);
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://graph');
    const answer = (status: number, value: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    };
    const proof = createHmac('sha256', this.secret).update(this.token).digest('hex');
    if (this.answerAboutPage(request, url, proof, answer)) return;
    const asked = /^\/v\d+\.\d\/(\d+)\/ids_for_pages$/.exec(url.pathname)?.[1];
    const isRight =
      (asked !== undefined ||
        (request.method === 'POST' && /^\/v\d+\.\d\/me\/messages$/.test(url.pathname))) &&
      url.searchParams.get('appsecret_proof') === proof &&
      request.headers.authorization === `Bearer ${this.token}`;
    if (isRight && asked !== undefined) {
      const psid = this.idsAtPages.get(asked);
      if (psid === null)
        answer(400, { error: { message: 'Unsupported request', type: 'GraphMethodException', code: 100 } });
      else
        answer(200, {
          data: psid === undefined ? [] : [{ id: psid, page: { id: this.pageId, name: 'A page' } }],
        });
      return;
    }
    const body = (await json(request)) as {
      recipient: { id: string };
      messaging_type?: string;
      sender_action?: string;
      message?: { text: string; metadata: string };
    };
    if (!isRight) {
      this.strayed++;
      answer(400, { error: { message: 'Invalid OAuth access token.', type: 'OAuthException', code: 190 } });
      return;
    }
    const psid = body.recipient.id;
    if (body.message === undefined) {
      this.typing.push(psid);
      answer(200, { recipient_id: psid });
      return;
    }
    const fault = this.faults.shift();
    if (fault?.kind === 'error') {
      answer(fault.status, {
        error: { message: 'refused', type: 'OAuthException', code: fault.code, error_subcode: fault.subcode },
      });
      return;
    }
    const mid = `m_${randomUUID()}`;
    const { text, metadata } = body.message;
    this.sent.push({ psid, text, metadata, messagingType: body.messaging_type ?? '', mid });
    if (fault?.kind === 'hang') return;
    if (fault?.kind === 'slow') await sleep(fault.ms);
    if (fault?.kind === 'reset') response.destroy();
    else if (fault?.kind === 'garbage') response.writeHead(502).end('<html>');
    else answer(200, { recipient_id: psid, message_id: mid });
  }

  /** Answers `debug_token` and `subscribed_apps`; false for anything else. */
  private answerAboutPage(
    request: IncomingMessage,
    url: URL,
    proof: string,
    answer: (status: number, value: unknown) => void,
  ): boolean {
    const refuse = (code: number): void => {
      answer(400, { error: { message: 'refused', type: 'OAuthException', code } });
    };
    if (/^\/v\d+\.\d\/debug_token$/.test(url.pathname)) {
      const isApp = request.headers.authorization === `Bearer ${this.appId}|${this.secret}`;
      const isRight = isApp && url.searchParams.get('input_token') === this.token;
      if (isRight && this.tokenState !== null)
        answer(200, { data: { app_id: this.appId, ...this.tokenState } });
      else refuse(190);
      return true;
    }
    if (!/^\/v\d+\.\d\/me\/subscribed_apps$/.test(url.pathname)) return false;
    const isPage =
      url.searchParams.get('appsecret_proof') === proof &&
      request.headers.authorization === `Bearer ${this.token}`;
    if (!isPage || this.subscribed === null) refuse(isPage ? 200 : 190);
    else if (request.method === 'POST') {
      this.subscribed = (url.searchParams.get('subscribed_fields') ?? '').split(',');
      answer(200, { success: true });
    } else
      answer(200, {
        data: [
          { id: '1', name: 'Another app', subscribed_fields: ['messages'] },
          ...(this.subscribed.length === 0
            ? []
            : [{ id: this.appId, name: 'Ours', subscribed_fields: this.subscribed }]),
        ],
      });
    return true;
  }
}

/** A page-scoped id that nobody has. */
export const somebody = (): string => `7${String(Math.random()).slice(2, 17).padEnd(15, '0')}`;

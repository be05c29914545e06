import type { IncomingMessage } from 'node:http';
import { SpanKind } from '@opentelemetry/api';
import { isLoopbackHost } from '../../../config/values/network-address.js';
import { webhookPolicy } from '../../../config/policy/operations/webhook-endpoints.js';
import { inSpan, traceHeader } from '../../observability/tracing/spans.js';
import type { Clock } from '../../ports/clock.js';
import {
  WebhookFailed,
  WebhookSender,
  type WebhookAnswer,
  type WebhookFailure,
  type WebhookRequest,
} from '../../ports/delivery/webhook-sender.js';
import { RemoteFileError } from '../../ports/remote-files.js';
import { answerTo, checkedAddresses, requestTo } from '../https/checked-address.js';
import type { Peer } from '../https/single-request.js';
import { systemLookup, type NameLookup } from '../https/name-lookup.js';
import { readTarget, type RemoteTarget } from '../https/remote-target.js';

interface SenderOptions {
  /** For tests: also http and any port, on this machine alone. */
  readonly toLoopback: boolean;
  readonly lookup?: NameLookup;
  readonly timeoutMs?: number;
}

/** Over HTTPS on port 443, straight to the checked address. */
export class HttpsWebhookSender extends WebhookSender {
  private readonly toLoopback: boolean;
  private readonly lookup: NameLookup;
  private readonly timeoutMs: number;

  constructor(
    private readonly clock: Clock,
    { toLoopback, lookup = systemLookup, timeoutMs = webhookPolicy.timeoutMs }: SenderOptions,
  ) {
    super();
    this.toLoopback = toLoopback;
    this.lookup = lookup;
    this.timeoutMs = timeoutMs;
  }

  accepts(url: string): boolean {
    try {
      this.targetOf(url);
      return true;
    } catch {
      return false;
    }
  }

  send(request: WebhookRequest, given: AbortSignal): Promise<WebhookAnswer> {
    const peer: Peer = 'webhook receiver';
    return inSpan(
      `POST ${peer}`,
      { kind: SpanKind.CLIENT, attributes: { 'http.request.method': 'POST', 'velro.peer': peer } },
      async (span) => {
        const headers = { ...request.headers, ...traceHeader(span) };
        const answer = await this.sendNow({ ...request, headers }, given);
        span.setAttribute('http.response.status_code', answer.status);
        return answer;
      },
    );
  }

  private async sendNow({ url, headers, body }: WebhookRequest, given: AbortSignal): Promise<WebhookAnswer> {
    const late = AbortSignal.timeout(this.timeoutMs);
    const signal = AbortSignal.any([given, late]);
    try {
      signal.throwIfAborted();
      const target = this.targetOf(url);
      const addresses = await checkedAddresses(target, this.resolved, signal);
      const bytes = Buffer.from(body);
      const request = requestTo(target, addresses, {
        method: 'POST',
        headers: { ...headers, 'content-length': bytes.length },
        signal,
      });
      const answer = await answerTo(request, bytes);
      const { statusCode: status = 0, headers: head } = answer;
      return {
        status,
        retryAfterMs: retryAfterOf(head['retry-after'], this.clock.now()),
        start: await startOf(answer),
      };
    } catch (error) {
      throw new WebhookFailed(late.aborted ? 'timeout' : failureOf(error), error);
    }
  }

  /** Its failures are told from those of the connection. */
  private readonly resolved: NameLookup = async (name, signal) => {
    try {
      return await this.lookup(name, signal);
    } catch (error) {
      throw new RemoteFileError('unreachable', error);
    }
  };

  private targetOf(text: string): RemoteTarget {
    const url = URL.canParse(text) ? new URL(text) : null;
    const isOurs = this.toLoopback && url !== null && isLoopbackHost(url.hostname);
    return readTarget(text, { hosts: isOurs ? [url.host] : 'public' });
  }
}

/** Never rejects: what the receiver decided stands in the head. */
function startOf(answer: IncomingMessage): Promise<string> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    let bytes = 0;
    const end = (): void => {
      clearTimeout(timer);
      resolve(new TextDecoder().decode(Buffer.concat(parts).subarray(0, webhookPolicy.keptBytes)));
      answer.destroy();
    };
    const timer = setTimeout(end, webhookPolicy.bodyTimeoutMs);
    answer.on('data', (part: Buffer) => {
      parts.push(part);
      bytes += part.length;
      if (bytes >= webhookPolicy.keptBytes) end();
    });
    for (const event of ['end', 'error', 'close']) answer.once(event, end);
  });
}

/** Seconds, or a date of HTTP (RFC 9110). */
function retryAfterOf(text: string | undefined, now: number): number | null {
  if (text === undefined) return null;
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const at = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/.test(text)
    ? Date.parse(text)
    : Number.NaN;
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}

const ofTls = /^(ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|EPROTO)/;

function failureOf(error: unknown): WebhookFailure {
  if (error instanceof RemoteFileError)
    return error.trouble === 'refused' ? 'address_refused' : 'name_unresolved';
  const { code = '' } = error as NodeJS.ErrnoException;
  if (code.startsWith('HPE_')) return 'response_invalid';
  return ofTls.test(code) ? 'tls_failed' : 'connection_failed';
}

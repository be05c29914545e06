/** One attempt to deliver a webhook. */
export interface WebhookRequest {
  readonly url: string;
  /** In lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface WebhookAnswer {
  readonly status: number;
  /** The beginning of the body, at most a kilobyte, as UTF-8. */
  readonly start: string;
  /** Milliseconds that the receiver asks to wait; null where it does not. */
  readonly retryAfterMs: number | null;
}

/**
 * Why there was no answer. `address_refused`: the URL or an address of its name is not public; `response_invalid`: what came is no HTTP.
 */
export const webhookFailures = [
  'address_refused',
  'name_unresolved',
  'connection_failed',
  'tls_failed',
  'timeout',
  'response_invalid',
] as const;
export type WebhookFailure = (typeof webhookFailures)[number];

/** Without the URL. */
export class WebhookFailed extends Error {
  override readonly name = 'WebhookFailed';
  constructor(
    readonly failure: WebhookFailure,
    cause?: unknown,
  ) {
    super(`no answer to a webhook: ${failure}`, { cause });
  }
}

/** Posts webhooks to servers that accounts name: nothing about them is trusted. */
export abstract class WebhookSender {
  /** Whether the URL may be sent to, by its text: nothing is resolved. */
  abstract accepts(url: string): boolean;
  /** Sends once, to checked addresses, and follows no redirect. Ends within seventeen seconds. @throws WebhookFailed */
  abstract send(request: WebhookRequest, signal: AbortSignal): Promise<WebhookAnswer>;
}

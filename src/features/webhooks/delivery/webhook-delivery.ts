import { SpanKind } from '@opentelemetry/api';
import { Injectable } from '@nestjs/common';
import { webhookPolicy } from '../../../../config/policy/operations/webhook-endpoints.js';
import { signedHeaders } from '../../../crypto/standard-webhook.js';
import { Clock } from '../../../ports/clock.js';
import { WebhookFailed, WebhookSender } from '../../../ports/delivery/webhook-sender.js';
import { inSpan } from '../../../observability/tracing/spans.js';
import { Random } from '../../../ports/random.js';
import { redact } from '../../../redaction/redactor.js';
import { UnreadableEndpoints } from './unreadable-endpoints.js';
import { isGone, outcomeOf, pauseAfter, type Attempt } from './webhook-outcome.js';
import {
  WebhookQueueRepository,
  type DeliveryResult,
  type DueDelivery,
  type HeldEndpoint,
} from './webhook-queue.repository.js';
import { WebhookSettlement } from './webhook-settlement.js';
import { WebhookSecrets } from './webhook-secrets.js';

/** Never aborted: a request that was sent is waited for, as the sender bounds it. */
const untilAnswered = new AbortController().signal;

/** Sends what is due for an endpoint, and writes what became of it: one statement to take it, one to settle it. */
@Injectable()
export class WebhookDelivery {
  constructor(
    private readonly queue: WebhookQueueRepository,
    private readonly sender: WebhookSender,
    private readonly secrets: WebhookSecrets,
    private readonly settlement: WebhookSettlement,
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly unreadable: UnreadableEndpoints,
  ) {}

  claim(token: string): Promise<HeldEndpoint | null> {
    return this.queue.claim(token, this.unreadable.skipped());
  }

  /** Returns for how many milliseconds the endpoint is sent nothing now. */
  async deliver(endpoint: HeldEndpoint): Promise<number> {
    const secrets = this.secretsOf(endpoint);
    if (secrets === null) {
      await this.unreadable.leave(endpoint);
      return 0;
    }
    if (endpoint.unreadableSince !== null) await this.queue.noteReadable(endpoint);
    const turn = await Promise.all(
      endpoint.due.map((one) => traced(one, () => this.attempt(endpoint, one, secrets))),
    );
    const results = endpoint.due.map((one, place) => this.resultOf(one, turn[place]));
    const { pauses, pauseMs } = pauseAfter(turn, endpoint.pauses);
    await this.settlement.settle(endpoint, { results, isGone: turn.some(isGone), pauses, pauseMs });
    return pauseMs;
  }

  /** Null when the present secret cannot be opened: nothing is sent that the receiver cannot verify. */
  private secretsOf({ id, secretSealed, previousSecretSealed }: HeldEndpoint): readonly Buffer[] | null {
    const present = this.secrets.open(id, secretSealed)?.plain ?? null;
    if (present === null) return null;
    const previous =
      previousSecretSealed === null ? null : (this.secrets.open(id, previousSecretSealed)?.plain ?? null);
    return previous === null ? [present] : [present, previous];
  }

  private async attempt(
    { url }: HeldEndpoint,
    { id, body }: DueDelivery,
    secrets: readonly Buffer[],
  ): Promise<Attempt> {
    const [begin, at] = [this.clock.monotonic(), new Date(this.clock.now())];
    try {
      const headers = signedHeaders({ id, body, at, userAgent: 'velro-webhooks' }, secrets);
      const answer = await this.sender.send({ url, headers, body }, untilAnswered);
      return { answer, failure: null, durationMs: this.clock.monotonic() - begin };
    } catch (error) {
      if (!(error instanceof WebhookFailed)) throw error;
      return { answer: null, failure: error.failure, durationMs: this.clock.monotonic() - begin };
    }
  }

  private resultOf({ id, attempts }: DueDelivery, attempt: Attempt | undefined): DeliveryResult {
    if (attempt === undefined) throw new Error('a delivery without its attempt');
    const { answer, failure, durationMs } = attempt;
    const share = this.random.bytes(1).readUInt8() / 255;
    return {
      id,
      ...outcomeOf(attempt, attempts, share),
      status: answer?.status ?? null,
      start: answer === null ? null : kept(answer.start),
      error: failure,
      durationMs,
    };
  }
}

/** In the trace of the request that it comes of. */
const traced = <T>({ traceParent }: DueDelivery, attempt: () => Promise<T>): Promise<T> =>
  inSpan('webhook delivery', { kind: SpanKind.CONSUMER, parent: traceParent }, attempt);

/** What a receiver answers is shown to its owner: without what looks like personal data, and as the database can store it. */
const kept = (start: string): string =>
  redact(start.replaceAll('\0', '')).slice(0, webhookPolicy.keptCharacters).toWellFormed();

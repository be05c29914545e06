import { Injectable } from '@nestjs/common';
import { callbackPolicy } from '../../../../config/policy/generations/generations.js';
import { decodeUtf8 } from '../../../../config/values/utf8.js';
import { Problem, unavailable } from '../../../errors/problem.js';
import { Log } from '../../../observability/log.js';
import { SecurityEvents } from '../../../observability/security-events.js';
import { webhookRefused } from '../../../observability/webhook.events.js';
import { CallbackSignatures, type SignedCallback } from '../../../ports/callback-signatures.js';
import { Clock } from '../../../ports/clock.js';
import { CallbackLinks } from '../jobs/callback-links.js';
import { CallbacksRepository } from './callbacks.repository.js';
import { WorkHints } from '../../../tasks/work-hints.js';
import { sha256 } from '../../../crypto/hash.js';
import type { ClientContext } from '../../../network/client-context.js';

/** A callback as received: null where a header or parameter is missing or malformed. */
export interface IncomingCallback {
  readonly job: string | null;
  readonly proof: string | null;
  readonly signed: SignedCallback | null;
}

/** The callback is not authentic, or not about this job. */
export class CallbackRefused extends Error {
  override readonly name = 'CallbackRefused';
  constructor(readonly reason: 'proof' | 'stale' | 'signature' | 'content' | 'mismatch') {
    super(reason);
  }
}

/**
 * Verifies the provider's callbacks: the link was issued by us for this job, the provider signed exactly these bytes
 * within the time tolerance, and they name the provider's reference of this job. Nothing else in a callback is trusted:
 * it only causes the job to be polled.
 */
@Injectable()
export class CallbacksService {
  constructor(
    private readonly links: CallbackLinks,
    private readonly signatures: CallbackSignatures,
    private readonly callbacks: CallbacksRepository,
    private readonly work: WorkHints,
    private readonly events: SecurityEvents,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** @throws CallbackRefused; Problem `signature_missing`, `unavailable` when the provider's keys cannot be fetched */
  async receive(callback: IncomingCallback): Promise<void> {
    const { job, proof, signed } = callback;
    if (job === null || proof === null || signed === null) throw new Problem('signature_missing');
    // Our own proof first: it is checked in a microsecond and cannot be forged.
    if (!this.links.proves(job, proof)) throw new CallbackRefused('proof');
    if (!this.isRecent(signed.timestamp)) throw new CallbackRefused('stale');
    if (!(await this.isSigned(signed))) throw new CallbackRefused('signature');
    if (requestIdOf(signed.body) !== signed.requestId) throw new CallbackRefused('content');
    const outcome = await this.callbacks.record({
      jobId: job,
      requestId: signed.requestId,
      account: signed.userId,
      signatureHash: sha256(signed.signature.toLowerCase()),
    });
    if (outcome === 'mismatch') throw new CallbackRefused('mismatch');
    if (outcome === 'due') this.work.tell('generations');
  }

  private isRecent(timestamp: string): boolean {
    return (
      /^\d{1,12}$/.test(timestamp) &&
      Math.abs(this.clock.now() / 1000 - Number(timestamp)) <= callbackPolicy.windowSeconds
    );
  }

  private async isSigned(signed: SignedCallback): Promise<boolean> {
    try {
      return await this.signatures.verify(signed);
    } catch (error) {
      this.log.warn('the keys of the generation provider are out of reach', { cause: error });
      throw unavailable(error, 30);
    }
  }

  /** Records a security event. */
  recordRefusal({ reason }: CallbackRefused, client: ClientContext): void {
    webhookRefused(this.events, client, 'fal', reason);
  }
}

/** The provider's reference in the body; null when it is not the body of a callback. */
function requestIdOf(body: Uint8Array): string | null {
  try {
    const read: unknown = JSON.parse(decodeUtf8(Buffer.from(body)) ?? '');
    if (typeof read !== 'object' || read === null || !('request_id' in read)) return null;
    return typeof read.request_id === 'string' ? read.request_id : null;
  } catch {
    return null;
  }
}

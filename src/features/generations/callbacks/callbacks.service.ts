import { Injectable } from '@nestjs/common';
import { callbackPolicy } from '../../../../config/policy/generations/generations.js';
import { Problem, unavailable } from '../../../errors/problem.js';
import { Log } from '../../../observability/log.js';
import { SecurityEvents } from '../../../observability/security-events.js';
import { CallbackSignatures, type SignedCallback } from '../../../ports/callback-signatures.js';
import { Clock } from '../../../ports/clock.js';
import { CallbackLinks } from '../jobs/callback-links.js';
import { CallbacksRepository } from './callbacks.repository.js';
import { Dispatcher } from '../jobs/dispatcher.js';
import { sha256 } from '../../../crypto/hash.js';
import type { ClientContext } from '../../../network/client-context.js';
import { callbackRefused } from './callbacks.events.js';

/** A call as it came: null where a header or parameter is missing or could not be one. */
export interface IncomingCallback {
  readonly job: string | null;
  readonly proof: string | null;
  readonly signed: SignedCallback | null;
}

/** It is not the provider's word on this job. */
export class CallbackRefused extends Error {
  override readonly name = 'CallbackRefused';
  constructor(readonly reason: 'proof' | 'stale' | 'signature' | 'content' | 'stranger') {
    super(reason);
  }
}

/**
 * The provider's calls. Three things have to hold: the link is one that we gave out for this job, the provider signed these
 * very bytes a moment ago, and they speak of the job as the provider named it to us. What a call says is believed in
 * nothing else: it is the hint to go and look.
 */
@Injectable()
export class CallbacksService {
  constructor(
    private readonly links: CallbackLinks,
    private readonly signatures: CallbackSignatures,
    private readonly callbacks: CallbacksRepository,
    private readonly dispatcher: Dispatcher,
    private readonly events: SecurityEvents,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** @throws CallbackRefused; Problem `signature_missing`, `unavailable` when the provider's keys are out of reach */
  async receive(callback: IncomingCallback): Promise<void> {
    const { job, proof, signed } = callback;
    if (job === null || proof === null || signed === null) throw new Problem('signature_missing');
    // Ours first: it costs a microsecond, and nobody guesses it.
    if (!this.links.proves(job, proof)) throw new CallbackRefused('proof');
    if (!this.isRecent(signed.timestamp)) throw new CallbackRefused('stale');
    if (!(await this.isSigned(signed))) throw new CallbackRefused('signature');
    if (requestIdOf(signed.body) !== signed.requestId) throw new CallbackRefused('content');
    const heard = await this.callbacks.record({
      jobId: job,
      requestId: signed.requestId,
      account: signed.userId,
      signatureHash: sha256(signed.signature.toLowerCase()),
    });
    if (heard === 'stranger') throw new CallbackRefused('stranger');
    if (heard === 'heard') this.dispatcher.wake();
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

  /** One line for the security team. */
  recordRefusal({ reason }: CallbackRefused, client: ClientContext): void {
    callbackRefused(this.events, client, reason);
  }
}

/** The job that the body speaks of; null when it is no body of a callback. */
function requestIdOf(body: Uint8Array): string | null {
  try {
    const read: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
    if (typeof read !== 'object' || read === null || !('request_id' in read)) return null;
    return typeof read.request_id === 'string' ? read.request_id : null;
  } catch {
    return null;
  }
}

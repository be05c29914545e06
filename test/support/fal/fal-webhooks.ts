import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FalJob } from './fal-jobs.js';

/** Milliseconds for which fal waits for an answer to its call. */
const callTimeoutMs = 15_000;

export interface FalCallback {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** `lost`: never sent. `twice`: sent two times. `forged`: signed by a key that nobody publishes. */
export type WebhookFault = 'lost' | 'twice' | 'forged';

interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

/** fal's calls, its keys and the set in which it publishes them. */
export class FalWebhooks {
  readonly userId = 'user_stand_in';
  /** What came of each call: the status, or null where nobody answered. */
  readonly calls: { readonly id: string; readonly status: number | null }[] = [];
  fault: WebhookFault | null = null;
  private signing = newKey();
  private published = [this.signing];

  constructor(private readonly retries: { readonly count: number; readonly everyMs: number }) {}

  /** Signs with a new key from now on; the ones before it stay in the set unless told otherwise. */
  rotate({ keep = true } = {}): void {
    this.signing = newKey();
    this.published = keep ? [...this.published, this.signing] : [this.signing];
  }

  jwks(): unknown {
    const rsa = { kty: 'RSA', kid: 'other', n: 'AQAB', e: 'AQAB' };
    const keys = this.published.map(({ publicKey }, index) => ({
      ...publicKey.export({ format: 'jwk' }),
      kid: `key-${index}`,
      use: 'sig',
      alg: 'EdDSA',
    }));
    return { keys: [rsa, ...keys] };
  }

  /** The call about a job as it stands. */
  callback(
    { id, result, failure, webhookUrl }: FalJob,
    at = Date.now(),
    key = this.signing,
    userId = this.userId,
  ): FalCallback {
    const common = { request_id: id, gateway_request_id: id };
    const body =
      failure === null
        ? { ...common, status: 'OK', payload: result }
        : { ...common, status: 'ERROR', error: `Invalid status code: ${failure.status}`, payload: { detail: failure.detail } }; // prettier-ignore
    return this.signed(webhookUrl ?? '', id, Buffer.from(JSON.stringify(body)), at, key, userId);
  }

  /** Any body, signed; `at`: milliseconds since the epoch. */
  signed(
    url: string,
    requestId: string,
    body: Buffer,
    at = Date.now(),
    key = this.signing,
    userId = this.userId,
  ): FalCallback {
    const timestamp = String(Math.floor(at / 1000));
    const hash = createHash('sha256').update(body).digest('hex');
    const message = [requestId, userId, timestamp, hash].join('\n');
    return {
      url,
      headers: {
        'content-type': 'application/json',
        'x-fal-webhook-request-id': requestId,
        'x-fal-webhook-user-id': userId,
        'x-fal-webhook-timestamp': timestamp,
        'x-fal-webhook-signature': sign(null, Buffer.from(message), key.privateKey).toString('hex'),
      },
      body,
    };
  }

  /** Signed by somebody else. */
  forged(job: FalJob): FalCallback {
    return this.callback(job, Date.now(), newKey());
  }

  /** Calls until it is taken or the retries are used up. */
  async deliver(job: FalJob, stop: AbortSignal): Promise<void> {
    if (job.webhookUrl === null || this.fault === 'lost') return;
    for (let attempt = 0; attempt <= this.retries.count && !stop.aborted; attempt += 1) {
      if (attempt > 0) await sleep(this.retries.everyMs, undefined, { ref: false });
      const status = await this.call(this.fault === 'forged' ? this.forged(job) : this.callback(job), stop);
      this.calls.push({ id: job.id, status });
      if (status === null || status < 200 || status >= 300) continue;
      if (this.fault === 'twice')
        this.calls.push({ id: job.id, status: await this.call(this.callback(job), stop) });
      return;
    }
  }

  private async call({ url, headers, body }: FalCallback, stop: AbortSignal): Promise<number | null> {
    try {
      const signal = AbortSignal.any([stop, AbortSignal.timeout(callTimeoutMs)]);
      const answer = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal });
      await answer.body?.cancel();
      return answer.status;
    } catch {
      return null;
    }
  }
}

const newKey = (): KeyPair => generateKeyPairSync('ed25519');

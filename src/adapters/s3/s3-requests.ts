import { setTimeout as sleep } from 'node:timers/promises';
import { AwsClient } from 'aws4fetch';
import type { BackupAddress } from '../../../config/backup/backup-address.js';
import { s3Policy } from '../../../config/policy/operations/backup.js';
import { BackupTargetUnavailable } from '../../ports/backup/backup-target.js';

export interface S3Request {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  /** Below the prefix; empty: the bucket itself. */
  readonly name: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer>;
}

/** Signed requests (AWS Signature Version 4), each with a deadline until the headers of its answer. */
export class S3Requests {
  private readonly client: AwsClient;

  constructor(
    private readonly address: BackupAddress,
    private readonly limits = s3Policy,
  ) {
    const { keyId: accessKeyId, secretKey: secretAccessKey, region } = address;
    this.client = new AwsClient({ accessKeyId, secretAccessKey, region, service: 's3' });
  }

  /**
   * The answer, whose body the caller must read or cancel. Asked again while the service is away or asks to: every request may be made twice.
   * @throws BackupTargetUnavailable for any status but 2xx and 404; without what the service says, which may repeat the request
   */
  async send(request: S3Request): Promise<Response> {
    for (let tries = 1; ; tries++) {
      const answer = await this.once(request).catch((cause: unknown) => new Failed(cause));
      const isAway = answer instanceof Failed || answer.status >= 500 || answer.status === 429;
      if (!isAway) return await accepted(request, answer);
      if (tries >= this.limits.tries) {
        if (answer instanceof Failed) throw unavailable(request, 'no answer', answer.reason);
        return await accepted(request, answer);
      }
      if (!(answer instanceof Failed)) await answer.body?.cancel().catch(() => undefined);
      await sleep(this.limits.pauseMs * tries);
    }
  }

  /** The text of an answer, which is short. @throws BackupTargetUnavailable */
  async text(request: S3Request): Promise<string> {
    const answer = await this.send(request);
    try {
      let text = '';
      const decoder = new TextDecoder();
      for await (const piece of piecesOf(answer, this.limits.silenceMs)) {
        text += decoder.decode(piece, { stream: true });
        if (text.length > this.limits.answerCharacters) throw new Error('the answer is too long');
      }
      return text;
    } catch (cause) {
      throw unavailable(request, 'an answer that breaks off', cause);
    }
  }

  private async once({ method, name, query = {}, body }: S3Request): Promise<Response> {
    const { endpoint, bucket, prefix } = this.address;
    const url = new URL(`${endpoint}/${bucket}${name === '' ? '' : `/${prefix}${name}`}`);
    for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value);
    const headers = body === undefined ? {} : { 'x-amz-content-sha256': await sha256Hex(body) };
    const signed = await this.client.sign(url.href, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
    });
    const late = new AbortController();
    const timer = setTimeout(() => {
      late.abort(new Error('no answer in time'));
    }, this.limits.answerMs);
    try {
      // Signed for this address: another one would refuse it, and must not have it.
      return await fetch(signed, { redirect: 'error', signal: late.signal });
    } finally {
      clearTimeout(timer);
    }
  }
}

class Failed {
  constructor(readonly reason: unknown) {}
}

const sha256Hex = async (body: Uint8Array<ArrayBuffer>): Promise<string> =>
  Buffer.from(await crypto.subtle.digest('SHA-256', body)).toString('hex');

async function accepted(request: S3Request, answer: Response): Promise<Response> {
  if (answer.ok || answer.status === 404) return answer;
  await answer.body?.cancel().catch(() => undefined);
  throw unavailable(request, `status ${answer.status}`);
}

const unavailable = ({ method }: S3Request, what: string, cause?: unknown): BackupTargetUnavailable =>
  new BackupTargetUnavailable(`the target of backups gave ${what} to a ${method}`, { cause });

/** The body, which fails when nothing comes of it for too long, and when it ends early. */
export async function* piecesOf(answer: Response, silenceMs: number): AsyncGenerator<Uint8Array> {
  if (answer.body === null) return;
  const reader = answer.body.getReader();
  try {
    for (;;) {
      const waiting = new AbortController();
      const silence = sleep(silenceMs, null, { signal: waiting.signal }).catch(() => null);
      const found = await Promise.race([reader.read(), silence]);
      waiting.abort();
      if (found === null)
        throw new BackupTargetUnavailable('the target of backups stopped in the middle of an answer');
      if (found.done) return;
      yield found.value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

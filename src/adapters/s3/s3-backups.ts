import { Readable } from 'node:stream';
import type { BackupAddress } from '../../../config/backup/backup-address.js';
import { s3Policy } from '../../../config/policy/operations/backup.js';
import {
  BackupTarget,
  BackupTargetUnavailable,
  isBackupName,
  requireBackupName,
} from '../../ports/backup/backup-target.js';
import { S3Requests, piecesOf } from './s3-requests.js';

/** Backups in a bucket of S3, or of a service that speaks as it does. */
export class S3Backups extends BackupTarget {
  readonly label: string;
  private readonly requests: S3Requests;
  private readonly prefix: string;

  constructor(
    address: BackupAddress,
    private readonly limits = s3Policy,
  ) {
    super();
    const { endpoint, bucket, prefix } = address;
    this.label = `${endpoint}/${bucket}/${prefix}`.replace(/\/$/, '');
    this.prefix = prefix;
    this.requests = new S3Requests(address, limits);
  }

  /** In one request where it is short, else in parts: nobody reads it before its last part is there. */
  async put(name: string, body: AsyncIterable<Uint8Array>): Promise<void> {
    requireBackupName(name);
    const parts = partsOf(body, this.limits.partBytes);
    const first = await parts.next();
    const second = first.done === true ? first : await parts.next();
    if (second.done === true) {
      const whole = first.done === true ? new Uint8Array() : first.value;
      found(await this.requests.send({ method: 'PUT', name, body: whole }));
      return;
    }
    if (first.done === true) return;
    await this.putParts(name, [first.value, second.value], parts);
  }

  async read(name: string): Promise<Readable | null> {
    requireBackupName(name);
    const answer = await this.requests.send({ method: 'GET', name });
    if (answer.status === 404) {
      await answer.body?.cancel().catch(() => undefined);
      return null;
    }
    return Readable.from(this.whole(answer), { objectMode: false });
  }

  async *names(folder: string): AsyncGenerator<string> {
    requireBackupName(folder);
    let token: string | null = null;
    do {
      const query = {
        'list-type': '2',
        prefix: `${this.prefix}${folder}/`,
        ...(token === null ? {} : { 'continuation-token': token }),
      };
      const text = await this.requests.text({ method: 'GET', name: '', query });
      if (!text.includes('<ListBucketResult'))
        throw new BackupTargetUnavailable('the target of backups gave no list');
      for (const [, key = ''] of text.matchAll(/<Key>([^<]*)<\/Key>/g)) {
        const name = key.slice(this.prefix.length);
        // What else lies there is nobody's backup.
        if (key.startsWith(this.prefix) && isBackupName(name)) yield name;
      }
      const isCut = text.includes('<IsTruncated>true</IsTruncated>');
      token = isCut ? textOf(text, 'NextContinuationToken') : null;
    } while (token !== null);
  }

  async remove(names: readonly string[]): Promise<void> {
    for (const name of names) {
      requireBackupName(name);
      const answer = await this.requests.send({ method: 'DELETE', name });
      await answer.body?.cancel().catch(() => undefined);
    }
  }

  private async putParts(
    name: string,
    begun: readonly Uint8Array<ArrayBuffer>[],
    others: AsyncIterable<Uint8Array<ArrayBuffer>>,
  ): Promise<void> {
    const started = await this.requests.text({ method: 'POST', name, query: { uploads: '' } });
    const uploadId = textOf(started, 'UploadId');
    const tags: string[] = [];
    const send = async (body: Uint8Array<ArrayBuffer>): Promise<void> => {
      const query = { partNumber: String(tags.length + 1), uploadId };
      const answer = found(await this.requests.send({ method: 'PUT', name, query, body }));
      const tag = answer.headers.get('etag');
      if (tag === null)
        throw new BackupTargetUnavailable('the target of backups did not say what it had taken');
      tags.push(tag);
    };
    try {
      for (const part of begun) await send(part);
      for await (const part of others) await send(part);
      await this.complete(name, uploadId, tags);
    } catch (error) {
      // What it does not get to know, its rule for unfinished uploads removes.
      await this.requests.text({ method: 'DELETE', name, query: { uploadId } }).catch(() => undefined);
      throw error;
    }
  }

  private async complete(name: string, uploadId: string, tags: readonly string[]): Promise<void> {
    const parts = tags.map(
      (tag, at) => `<Part><PartNumber>${at + 1}</PartNumber><ETag>${escaped(tag)}</ETag></Part>`,
    );
    const body = new TextEncoder().encode(
      `<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`,
    );
    const text = await this.requests.text({ method: 'POST', name, query: { uploadId }, body });
    // Its status is sent before the work is done.
    if (!text.includes('<CompleteMultipartUploadResult'))
      throw new BackupTargetUnavailable('the target of backups did not put the parts together');
  }

  private async *whole(answer: Response): AsyncGenerator<Uint8Array> {
    try {
      yield* piecesOf(answer, this.limits.silenceMs);
    } catch (cause) {
      throw new BackupTargetUnavailable('the target of backups broke off', { cause });
    }
  }
}

/** @throws BackupTargetUnavailable for a bucket or an upload that is not there */
function found(answer: Response): Response {
  void answer.body?.cancel().catch(() => undefined);
  if (answer.status === 404)
    throw new BackupTargetUnavailable('the target of backups has no such bucket or upload');
  return answer;
}

function textOf(xml: string, element: string): string {
  const [, text] = new RegExp(`<${element}>([^<]+)</${element}>`).exec(xml) ?? [];
  if (text === undefined) throw new BackupTargetUnavailable(`the target of backups gave no ${element}`);
  return text
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

/** The bytes in parts of one size, the last as long as what is left; none of nothing. */
async function* partsOf(
  body: AsyncIterable<Uint8Array>,
  size: number,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let part = new Uint8Array(size);
  let filled = 0;
  for await (const piece of body)
    for (let from = 0; from < piece.length;) {
      const taken = piece.subarray(from, from + size - filled);
      part.set(taken, filled);
      filled += taken.length;
      from += taken.length;
      if (filled < size) continue;
      yield part;
      part = new Uint8Array(size);
      filled = 0;
    }
  if (filled > 0) yield part.slice(0, filled);
}

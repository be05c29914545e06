import { Readable } from 'node:stream';
import type { BackupAddress } from '../../../config/backup/backup-address.js';
import { s3Policy } from '../../../config/policy/operations/backup.js';
import {
  BackupTarget,
  BackupTargetUnavailable,
  isBackupName,
  requireBackupName,
  type StoredPart,
} from '../../ports/backup/backup-target.js';
import { found, textOf } from './s3-answers.js';
import { putParts } from './s3-parts.js';
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
    await putParts(this.requests, name, behind([first.value, second.value], parts));
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

  async *list(folder: string): AsyncGenerator<StoredPart> {
    requireBackupName(folder);
    let token: string | null = null;
    let last = '';
    const tokens = new Set<string>();
    for (;;) {
      const query = {
        'list-type': '2',
        prefix: `${this.prefix}${folder}/`,
        ...(token === null ? {} : { 'continuation-token': token }),
      };
      const text = await this.requests.text({ method: 'GET', name: '', query });
      if (!text.includes('<ListBucketResult'))
        throw new BackupTargetUnavailable('the target of backups gave no list');
      for (const [, entry = ''] of text.matchAll(/<Contents>(.*?)<\/Contents>/gs)) {
        const key = textOf(entry, 'Key');
        // Of two lists that are walked side by side this is one.
        if (key <= last) throw new BackupTargetUnavailable('the target of backups does not list in order');
        last = key;
        const name = key.slice(this.prefix.length);
        // What else lies there is nobody's backup.
        if (key.startsWith(this.prefix) && isBackupName(name))
          yield { name, bytes: Number(textOf(entry, 'Size')) };
      }
      const isCut = text.includes('<IsTruncated>true</IsTruncated>');
      token = isCut ? textOf(text, 'NextContinuationToken') : null;
      if (token === null) return;
      if (tokens.has(token)) throw new BackupTargetUnavailable('the target of backups repeats its list');
      tokens.add(token);
    }
  }

  async remove(names: readonly string[]): Promise<void> {
    for (const name of names) {
      requireBackupName(name);
      const answer = await this.requests.send({ method: 'DELETE', name });
      await answer.body?.cancel().catch(() => undefined);
    }
  }

  private async *whole(answer: Response): AsyncGenerator<Uint8Array> {
    try {
      yield* piecesOf(answer, this.limits.silenceMs);
    } catch (cause) {
      throw new BackupTargetUnavailable('the target of backups broke off', { cause });
    }
  }
}

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

async function* behind<T>(begun: readonly T[], others: AsyncIterable<T>): AsyncGenerator<T> {
  yield* begun;
  yield* others;
}

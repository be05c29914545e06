import { createHash } from 'node:crypto';
import { BackupTargetUnavailable } from '../../ports/backup/backup-target.js';
import type { S3Requests } from './s3-requests.js';
import { escaped, found, textOf } from './s3-answers.js';

/**
 * Stores an object in parts: nobody reads it before its last part is there. An upload that fails is removed.
 * @throws BackupTargetUnavailable, what the parts throw
 */
export async function putParts(
  requests: S3Requests,
  name: string,
  parts: AsyncIterable<Uint8Array<ArrayBuffer>>,
): Promise<void> {
  const started = await requests.text({ method: 'POST', name, query: { uploads: '' } });
  const upload: Upload = { name, uploadId: textOf(started, 'UploadId'), tags: [], bytes: 0 };
  try {
    for await (const part of parts) await send(requests, upload, part);
    await complete(requests, upload);
  } catch (error) {
    // What it does not get to know, its rule for unfinished uploads removes.
    const query = { uploadId: upload.uploadId };
    await requests.text({ method: 'DELETE', name, query }).catch(() => undefined);
    throw error;
  }
}

interface Upload {
  readonly name: string;
  readonly uploadId: string;
  readonly tags: string[];
  bytes: number;
}

async function send(requests: S3Requests, upload: Upload, body: Uint8Array<ArrayBuffer>): Promise<void> {
  const { name, uploadId, tags } = upload;
  const query = { partNumber: String(tags.length + 1), uploadId };
  const answer = found(await requests.send({ method: 'PUT', name, query, body }));
  const tag = answer.headers.get('etag');
  if (tag === null) throw new BackupTargetUnavailable('the target of backups did not say what it had taken');
  tags.push(tag);
  upload.bytes += body.length;
}

async function complete(requests: S3Requests, upload: Upload): Promise<void> {
  const { name, uploadId, tags } = upload;
  const parts = tags.map(
    (tag, at) => `<Part><PartNumber>${at + 1}</PartNumber><ETag>${escaped(tag)}</ETag></Part>`,
  );
  const body = new TextEncoder().encode(
    `<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`,
  );
  try {
    const text = await requests.text({ method: 'POST', name, query: { uploadId }, body });
    // Its status is sent before the work is done.
    if (!text.includes('<CompleteMultipartUploadResult'))
      throw new BackupTargetUnavailable('the target of backups did not put the parts together');
  } catch (error) {
    // The answer may be lost of what was done, and a second request is then told that there is no such upload.
    if (!(await isThere(requests, upload).catch(() => false))) throw error;
  }
}

/** Whether the object is the one that these parts make: by its size and its tag, which is made of theirs. */
async function isThere(requests: S3Requests, { name, tags, bytes }: Upload): Promise<boolean> {
  const answer = await requests.send({ method: 'HEAD', name });
  if (answer.status === 404 || Number(answer.headers.get('content-length')) !== bytes) return false;
  const tag = plain(answer.headers.get('etag') ?? '');
  const digests = tags.map(plain);
  // With other encryption than the service's own a tag is no digest, and nobody can tell this object from an older one.
  if (!digests.every((digest) => /^[0-9a-f]{32}$/.test(digest))) return false;
  const digest = createHash('md5')
    .update(Buffer.from(digests.join(''), 'hex'))
    .digest('hex');
  return tag === `${digest}-${digests.length}`;
}

const plain = (tag: string): string => tag.replaceAll('"', '').toLowerCase();

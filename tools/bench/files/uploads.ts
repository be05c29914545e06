// Benchmark of uploads: one file of 500 MB in one request, and one by tus in a single PATCH. Prints the peak memory of the service above
// its memory before, and fails above the limit or when the stored bytes are incomplete.
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { say } from '../support/figures.ts';
import { startService } from '../support/service.ts';

const whole = 500 * 1000 * 1000;
/** Of a first upload, which loads what uploads need. */
const warmUp = 5 * 1000 * 1000;
const allowedMb = 150;
const piece = Buffer.alloc(1024 * 1024, 'plain text ');
const [head, tail] = [
  '--edge\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\n',
  '\r\n--edge--\r\n',
];

const service = await startService({
  MAX_FILE_SIZE: '600MB',
  UPLOAD_QUOTA_BYTES: '4GB',
  ALLOWED_FILE_TYPES: 'txt',
  RATE_LIMIT_API_STANDARD: '10000/minute',
});

/** Resident memory of the service in bytes. */
const resident = (): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${service.pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Around the bytes of the file; null sends none. */
  readonly around: readonly [string, string] | null;
  readonly bytes?: number;
}

/** Sends a request whose file comes as fast as it is read. */
const send = ({ method, path, headers, around, bytes = whole }: Sent) =>
  new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; text: string }>(
    (resolve, reject) => {
      const outgoing = request(`${service.url}${path}`, { method, headers }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (part: string) => (text += part));
        answer.on('end', () => {
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text });
        });
      });
      outgoing.on('error', reject);
      if (around === null) {
        outgoing.end();
        return;
      }
      let left = bytes;
      outgoing.write(around[0]);
      const more = (): void => {
        while (left > 0) {
          const next = piece.subarray(0, Math.min(piece.length, left));
          left -= next.length;
          if (!outgoing.write(next)) {
            outgoing.once('drain', more);
            return;
          }
        }
        outgoing.end(around[1]);
      };
      more();
    },
  );

async function measured(
  name: string,
  upload: () => Promise<{ status: number; text: string }>,
): Promise<boolean> {
  const before = resident();
  let peak = before;
  const sampling = setInterval(() => (peak = Math.max(peak, resident())), 20);
  const begin = performance.now();
  const { status, text } = await upload();
  clearInterval(sampling);
  const seconds = (performance.now() - begin) / 1000;
  const megabytes = (peak - before) / 1e6;
  say(
    `${name}: ${whole / 1e6} MB in ${seconds.toFixed(1)} s, answered ${status}: peak ${megabytes.toFixed(0)} MB above ` +
      `${(before / 1e6).toFixed(0)} MB (allowed ${allowedMb})`,
  );
  if (status >= 300) say(text);
  return status < 300 && megabytes <= allowedMb;
}

try {
  const account = JSON.stringify({ email: 'ada@example.com', password: 'tall-otter-paints-9-quiet-bridges' });
  const signedUp = await fetch(`${service.url}/api/v1/auth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: account,
  });
  const { access_token: token } = (await signedUp.json()) as { access_token: string };
  const authorization = `Bearer ${token}`;
  const inOneRequest = (bytes: number) =>
    send({
      method: 'POST',
      path: '/api/v1/storage/upload',
      headers: {
        authorization,
        'content-type': 'multipart/form-data; boundary=edge',
        'content-length': String(head.length + bytes + tail.length),
      },
      around: [head, tail],
      bytes,
    });
  await inOneRequest(warmUp);
  const inOne = await measured('in one request', () => inOneRequest(whole));
  const byTus = await measured('by tus, in one PATCH', async () => {
    const tus = { authorization, 'tus-resumable': '1.0.0' };
    const begun = await send({
      method: 'POST',
      path: '/api/v1/storage/uploads',
      headers: {
        ...tus,
        'upload-length': String(whole),
        'upload-metadata': `filename ${btoa('a.txt')},filetype ${btoa('text/plain')}`,
        'content-length': '0',
      },
      around: null,
    });
    return send({
      method: 'PATCH',
      path: String(begun.headers['location']),
      headers: {
        ...tus,
        'upload-offset': '0',
        'content-type': 'application/offset+octet-stream',
        'content-length': String(whole),
      },
      around: ['', ''],
    });
  });
  process.exitCode = inOne && byTus ? 0 : 1;
} finally {
  await service.stop();
}

import { createHash, createHmac, randomUUID } from 'node:crypto';
import { createServer, IncomingMessage, ServerResponse, type Server } from 'node:http';
import { Socket, type AddressInfo } from 'node:net';

export type S3Fault =
  | 'refuse'
  | 'reset'
  | 'hang'
  | 'garbage'
  | 'break off'
  | 'late error'
  | 'done and refuse'
  | 'done and reset'
  | 'repeat'
  | 'no order';

interface Seen {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Buffer;
}

const md5 = (bytes: Buffer): string => createHash('md5').update(bytes).digest('hex');

/** One bucket of S3, as far as backups use it: signatures are verified, lists come in pages of two. */
export class S3Server {
  readonly objects = new Map<string, Buffer>();
  readonly uploads = new Map<string, Map<number, Buffer>>();
  readonly seen: string[] = [];
  /** Of objects that came in parts. */
  private readonly tags = new Map<string, string>();
  private readonly faults: { matches: (seen: Seen) => boolean; fault: S3Fault; left: number }[] = [];

  private constructor(
    private readonly server: Server,
    readonly keyId: string,
    readonly secretKey: string,
  ) {}

  static async start(): Promise<S3Server> {
    const server = createServer();
    const s3 = new S3Server(server, 'AKIATESTTESTTEST', randomUUID());
    server.on('request', (request, response) => void s3.take(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return s3;
  }

  get address(): string {
    const { port } = this.server.address() as AddressInfo;
    return `http://${this.keyId}:${this.secretKey}@127.0.0.1:${port}/backups/velro?region=eu-west-1`;
  }

  /** The next `times` requests that match fail so. */
  fail(fault: S3Fault, matches: (seen: Seen) => boolean = () => true, times = Infinity): void {
    this.faults.push({ matches, fault, left: times });
  }

  mend(): void {
    this.faults.length = 0;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    try {
      for await (const part of request) parts.push(part as Buffer);
    } catch {
      return;
    }
    const url = new URL(request.url ?? '', 'http://s3');
    const seen = {
      method: request.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      body: Buffer.concat(parts),
    };
    this.seen.push(`${seen.method} ${seen.path}${url.search}`);
    const refusal = this.refusalOf(request, seen);
    if (refusal !== null) {
      response.writeHead(403).end(`<Error><Code>${refusal}</Code></Error>`);
      return;
    }
    const fault = this.faults.find((one) => one.left > 0 && one.matches(seen));
    if (fault === undefined) this.answer(seen, response);
    else {
      fault.left--;
      this.misbehave(fault.fault, seen, response);
    }
  }

  private misbehave(fault: S3Fault, seen: Seen, response: ServerResponse): void {
    if (fault === 'done and refuse' || fault === 'done and reset') {
      // What a request asks for is done, and its answer is lost.
      this.answer(seen, new ServerResponse(new IncomingMessage(new Socket())));
      this.misbehave(fault === 'done and refuse' ? 'refuse' : 'reset', seen, response);
    } else if (fault === 'repeat') this.list(seen.query, response, 'the same');
    else if (fault === 'no order') this.list(seen.query, response, null);
    else if (fault === 'refuse') response.writeHead(503).end('<Error><Code>SlowDown</Code></Error>');
    else if (fault === 'reset') response.destroy();
    else if (fault === 'garbage') response.writeHead(200).end('\u0000<<<not xml');
    else if (fault === 'late error') response.writeHead(200).end('<Error><Code>InternalError</Code></Error>');
    else if (fault === 'break off') {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('half', () => response.destroy());
    }
  }

  /** Signature Version 4, computed here by its own description. */
  private refusalOf(request: IncomingMessage, { method, path, query, body }: Seen): string | null {
    const [, credential = '', signed = '', signature] =
      /Credential=([^,]+), SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
        request.headers.authorization ?? '',
      ) ?? [];
    const [keyId = '', date = '', region = '', service = ''] = credential.split('/');
    const digest = String(request.headers['x-amz-content-sha256']);
    if (keyId !== this.keyId) return 'InvalidAccessKeyId';
    if (body.length > 0 && digest !== createHash('sha256').update(body).digest('hex'))
      return 'XAmzContentSHA256Mismatch';
    const search = [...query]
      .map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`)
      .sort()
      .join('&');
    const headers = signed
      .split(';')
      .map((name) => `${name}:${String(request.headers[name])}\n`)
      .join('');
    const canonical = [method, path, search, headers, signed, digest].join('\n');
    const scope = [date, region, service, 'aws4_request'].join('/');
    const text = [
      'AWS4-HMAC-SHA256',
      String(request.headers['x-amz-date']),
      scope,
      createHash('sha256').update(canonical).digest('hex'),
    ].join('\n');
    const key = [date, region, service, 'aws4_request'].reduce<Buffer>(
      (last, part) => createHmac('sha256', last).update(part).digest(),
      Buffer.from(`AWS4${this.secretKey}`),
    );
    return createHmac('sha256', key).update(text).digest('hex') === signature
      ? null
      : 'SignatureDoesNotMatch';
  }

  private answer({ method, path, query, body }: Seen, response: ServerResponse): void {
    if (path === '/backups') {
      this.list(query, response);
      return;
    }
    const key = decodeURIComponent(path.slice('/backups/'.length));
    const uploadId = query.get('uploadId');
    if (!path.startsWith('/backups/'))
      response.writeHead(404).end('<Error><Code>NoSuchBucket</Code></Error>');
    else if (method === 'POST' && query.has('uploads')) {
      const id = randomUUID();
      this.uploads.set(id, new Map());
      response.end(
        `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
      );
    } else if (uploadId !== null) this.upload(method, key, uploadId, { query, body }, response);
    else if (method === 'PUT') {
      this.objects.set(key, body);
      this.tags.delete(key);
      response.end();
    } else if (method === 'DELETE') {
      this.objects.delete(key);
      response.writeHead(204).end();
    } else {
      const object = this.objects.get(key);
      if (object === undefined) response.writeHead(404).end('<Error><Code>NoSuchKey</Code></Error>');
      else {
        const etag = this.tags.get(key) ?? `"${md5(object)}"`;
        response.writeHead(200, { 'content-length': object.length, etag });
        response.end(method === 'HEAD' ? undefined : object);
      }
    }
  }

  private upload(
    method: string,
    key: string,
    uploadId: string,
    { query, body }: Pick<Seen, 'query' | 'body'>,
    response: ServerResponse,
  ): void {
    const parts = this.uploads.get(uploadId);
    if (parts === undefined) response.writeHead(404).end('<Error><Code>NoSuchUpload</Code></Error>');
    else if (method === 'PUT') {
      const number = Number(query.get('partNumber'));
      parts.set(number, body);
      response.writeHead(200, { etag: `"${md5(body)}"` }).end();
    } else if (method === 'DELETE') {
      this.uploads.delete(uploadId);
      response.writeHead(204).end();
    } else {
      const expected = [...parts].sort(([a], [b]) => a - b);
      const named = [
        ...body.toString().matchAll(/<PartNumber>(\d+)<\/PartNumber><ETag>([^<]+)<\/ETag>/g),
      ].map(([, number, tag]) => `${number} ${tag}`);
      const wanted = expected.map(([number, part]) => `${number} &quot;${md5(part)}&quot;`);
      if (named.join() !== wanted.join()) {
        response.writeHead(400).end('<Error><Code>InvalidPart</Code></Error>');
        return;
      }
      this.objects.set(key, Buffer.concat(expected.map(([, part]) => part)));
      const digests = expected.map(([, part]) => Buffer.from(md5(part), 'hex'));
      this.tags.set(key, `"${md5(Buffer.concat(digests))}-${digests.length}"`);
      this.uploads.delete(uploadId);
      response.end('<CompleteMultipartUploadResult></CompleteMultipartUploadResult>');
    }
  }

  private list(query: URLSearchParams, response: ServerResponse, next?: string | null): void {
    const after = query.get('continuation-token') ?? '';
    const all = [...this.objects.keys()].filter((key) => key.startsWith(query.get('prefix') ?? '')).sort();
    const rest = all.filter((key) => key > after);
    const first = typeof next === 'string' ? [] : rest.slice(0, 2);
    const page = next === null ? first.reverse() : first;
    const isCut = rest.length > 2;
    response.end(
      `<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${page.map((key) => `<Contents><Key>${key}</Key><Size>${this.objects.get(key)?.length ?? 0}</Size></Contents>`).join('')}<IsTruncated>${String(isCut)}</IsTruncated>${isCut ? `<NextContinuationToken>${next ?? page.at(-1) ?? ''}</NextContinuationToken>` : ''}</ListBucketResult>`,
    );
  }
}

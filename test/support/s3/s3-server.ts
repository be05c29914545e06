import { createHash, createHmac, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type S3Fault = 'refuse' | 'reset' | 'hang' | 'garbage' | 'break off' | 'late error';

interface Seen {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Buffer;
}

/** One bucket of S3, as far as backups use it: signatures are verified, lists come in pages of two. */
export class S3Server {
  readonly objects = new Map<string, Buffer>();
  readonly uploads = new Map<string, Map<number, Buffer>>();
  readonly seen: string[] = [];
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
      this.misbehave(fault.fault, response);
    }
  }

  private misbehave(fault: S3Fault, response: ServerResponse): void {
    if (fault === 'refuse') response.writeHead(503).end('<Error><Code>SlowDown</Code></Error>');
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
      response.end();
    } else if (method === 'DELETE') {
      this.objects.delete(key);
      response.writeHead(204).end();
    } else {
      const object = this.objects.get(key);
      if (object === undefined) response.writeHead(404).end('<Error><Code>NoSuchKey</Code></Error>');
      else response.writeHead(200, { 'content-length': object.length }).end(object);
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
      response.writeHead(200, { etag: `"part-${number}-${body.length}"` }).end();
    } else if (method === 'DELETE') {
      this.uploads.delete(uploadId);
      response.writeHead(204).end();
    } else {
      const expected = [...parts].sort(([a], [b]) => a - b);
      const named = [
        ...body.toString().matchAll(/<PartNumber>(\d+)<\/PartNumber><ETag>([^<]+)<\/ETag>/g),
      ].map(([, number, tag]) => `${number} ${tag}`);
      const wanted = expected.map(([number, part]) => `${number} &quot;part-${number}-${part.length}&quot;`);
      if (named.join() !== wanted.join()) {
        response.writeHead(400).end('<Error><Code>InvalidPart</Code></Error>');
        return;
      }
      this.objects.set(key, Buffer.concat(expected.map(([, part]) => part)));
      this.uploads.delete(uploadId);
      response.end('<CompleteMultipartUploadResult></CompleteMultipartUploadResult>');
    }
  }

  private list(query: URLSearchParams, response: ServerResponse): void {
    const after = query.get('continuation-token') ?? '';
    const all = [...this.objects.keys()].filter((key) => key.startsWith(query.get('prefix') ?? '')).sort();
    const rest = all.filter((key) => key > after);
    const page = rest.slice(0, 2);
    const isCut = rest.length > 2;
    response.end(
      `<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${page.map((key) => `<Contents><Key>${key}</Key><Size>1</Size></Contents>`).join('')}<IsTruncated>${String(isCut)}</IsTruncated>${isCut ? `<NextContinuationToken>${page.at(-1) ?? ''}</NextContinuationToken>` : ''}</ListBucketResult>`,
    );
  }
}

import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';

/**
 * `stall`: takes the first bytes of an upload and no more. `slow`: takes it in small steps. Answers to a request for links:
 * `reversed` has them in another order, `foreign` has those of other objects, `short` leaves one out, `no list` is none. Of a read, `half` sends half of the object and
 * no more, `cut` closes after it, and for `no bucket` the bucket is gone. Of
 * an upload, `quota` refuses it because there is no room, and `too large` because of its size.
 */
export type Fault =
  | 'none'
  | 'error'
  | 'hang'
  | 'reset'
  | 'garbage'
  | 'stall'
  | 'slow'
  | 'endless list'
  | 'reversed'
  | 'foreign'
  | 'short'
  | 'no list'
  | 'half'
  | 'cut'
  | 'no bucket'
  | 'quota'
  | 'too large';

const prefix = '/storage/v1/object';
const slowStepMs = 5;
const noObject = 'Either the object does not exist or you do not have access to it';

/** Speaks as much of the Storage protocol of Supabase as the service uses, and can misbehave. */
export class SupabaseStorageServer {
  fault: Fault = 'none';
  readonly objects = new Map<string, { bytes: Buffer; type: string }>();
  /** How many pages of listings were asked for. */
  pages = 0;
  /** The paths of each request for links, in order. */
  readonly signings: string[][] = [];
  private readonly signing = randomBytes(32);

  private constructor(
    private readonly server: Server,
    readonly key: string,
  ) {}

  static async start(key = `sb_secret_${randomBytes(16).toString('hex')}`): Promise<SupabaseStorageServer> {
    const server = createServer((request, response) => {
      // An upload that breaks off stores nothing, as the real one does.
      speaker.answer(request, response).catch(() => request.destroy());
    });
    const speaker = new SupabaseStorageServer(server, key);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return speaker;
  }

  get url(): string {
    const address = this.server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  }

  /** Breaks off whatever is under way. */
  hangUp(): void {
    this.server.closeAllConnections();
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await this.bodyOf(request);
    if (this.fault === 'hang') return;
    if (this.fault === 'reset') {
      request.socket.resetAndDestroy();
      return;
    }
    if (this.fault === 'error') {
      send(response, 500, { statusCode: '500', error: 'internal', message: 'internal' });
      return;
    }
    if (this.fault === 'garbage') {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>');
      return;
    }
    this.serve(request, response, body);
  }

  private async bodyOf(request: IncomingMessage): Promise<Buffer> {
    if (this.fault === 'stall') {
      request.once('data', () => request.pause());
      await once(request, 'close');
    }
    if (this.fault !== 'slow') return buffer(request);
    const parts: Buffer[] = [];
    for await (const part of request as AsyncIterable<Buffer>) {
      parts.push(part);
      await new Promise((resolve) => setTimeout(resolve, slowStepMs));
    }
    return Buffer.concat(parts);
  }

  private serve(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
    const url = new URL(request.url ?? '/', this.url);
    const path = decodeURIComponent(url.pathname.slice(prefix.length + 1));
    if (request.method === 'GET' && path.startsWith('sign/')) {
      this.read(response, path.slice('sign/'.length), url.searchParams.get('token') ?? '');
      return;
    }
    if (request.headers['apikey'] !== this.key) {
      send(response, 400, { statusCode: '403', error: 'Unauthorized', message: 'Invalid key' });
    } else if (request.method === 'GET') {
      this.give(response, path);
    } else if (request.method === 'DELETE') {
      const { prefixes } = JSON.parse(body.toString()) as { prefixes: string[] };
      const removed = prefixes.filter((key) => this.objects.delete(`${path}/${key}`));
      send(
        response,
        200,
        removed.map((name) => ({ name })),
      );
    } else if (path.startsWith('list-v2/')) {
      this.list(response, `${path.slice('list-v2/'.length)}/`, JSON.parse(body.toString()) as Listing);
    } else if (path.startsWith('sign/')) {
      const { expiresIn, paths } = JSON.parse(body.toString()) as { expiresIn: number; paths: string[] };
      this.sign(response, path.slice('sign/'.length), paths, Date.now() + expiresIn * 1000);
    } else {
      const type = request.headers['content-type'] ?? '';
      if (this.objects.has(path) && request.headers['x-upsert'] !== 'true')
        send(response, 400, { statusCode: '409', error: 'Duplicate', message: 'exists' });
      else if (this.fault === 'quota' || this.fault === 'too large')
        send(response, 413, {
          statusCode: '413',
          error: 'Payload too large',
          message:
            this.fault === 'quota'
              ? 'The project exceeded its storage size quota'
              : 'The object exceeded the maximum allowed size',
        });
      else {
        this.objects.set(path, { bytes: body, type });
        send(response, 200, { Key: path, Id: 'id' });
      }
    }
  }

  /** As the real one answers: a missing object has an error of its own, and the others have their links. */
  private sign(response: ServerResponse, bucket: string, paths: readonly string[], expires: number): void {
    this.signings.push([...paths]);
    const links = paths.map((path, at) => {
      const object = `${bucket}/${this.fault === 'foreign' ? String(paths.at(at - 1)) : path}`;
      return this.objects.has(object)
        ? { error: null, path, signedURL: `/object/sign/${object}?token=${this.token(object, expires)}` }
        : { error: noObject, path, signedURL: null };
    });
    if (this.fault === 'reversed') links.reverse();
    if (this.fault === 'short') links.pop();
    send(response, 200, this.fault === 'no list' ? { links } : links);
  }

  /** A page of the names after the cursor, which is the last name of the page before. */
  private list(response: ServerResponse, bucket: string, { prefix: folder, limit, cursor }: Listing): void {
    this.pages += 1;
    const after = cursor === undefined ? '' : Buffer.from(cursor, 'base64url').toString();
    const names = [...this.objects.keys()]
      .filter((path) => path.startsWith(bucket + folder))
      .map((path) => path.slice(bucket.length))
      .filter((name) => name > after)
      .sort();
    const page = this.fault === 'endless list' ? [] : names.slice(0, limit);
    const at = new Date().toISOString();
    const last = Buffer.from(page.at(-1) ?? 'a').toString('base64url');
    const hasNext = this.fault === 'endless list' || names.length > page.length;
    send(response, 200, {
      hasNext,
      ...(hasNext ? { nextCursor: last } : {}),
      folders: [],
      objects: page.map((name) => ({ id: name, name, created_at: at, updated_at: at, metadata: {} })),
    });
  }

  private give(response: ServerResponse, object: string): void {
    const stored = this.objects.get(object);
    if (this.fault === 'no bucket') {
      const message = 'Bucket not found';
      send(response, 400, { statusCode: '404', code: 'NoSuchBucket', error: message, message });
    } else if (stored === undefined) {
      send(response, 400, { statusCode: '404', error: 'not_found', message: 'Object not found' });
    } else {
      const { bytes, type } = stored;
      response.writeHead(200, { 'content-type': type, 'content-length': bytes.length });
      if (this.fault !== 'half' && this.fault !== 'cut') response.end(bytes);
      else
        response.write(bytes.subarray(0, bytes.length / 2), () => {
          if (this.fault === 'cut') response.destroy();
        });
    }
  }

  private read(response: ServerResponse, object: string, token: string): void {
    const expires = Number(token.split('.')[0]);
    const stored = this.objects.get(object);
    if (stored === undefined || token !== this.token(object, expires) || expires <= Date.now()) {
      send(response, 400, { statusCode: '400', error: 'InvalidJWT', message: 'invalid' });
      return;
    }
    response.writeHead(200, { 'content-type': stored.type }).end(stored.bytes);
  }

  private token(object: string, expires: number): string {
    return `${expires}.${createHmac('sha256', this.signing).update(`${object}${expires}`).digest('base64url')}`;
  }
}

interface Listing {
  readonly prefix: string;
  readonly limit: number;
  readonly cursor?: string;
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Upload, type DetailedError } from 'tus-js-client';
import { operations } from '../support/fuzz/operations.js';
import { answering, HostileScanner } from '../support/clamav/hostile-scanner.js';
import { ask } from '../support/database/database.js';
import { describedAnswers } from '../support/description/shared-answers.js';
import { withPolicy } from '../support/process/policy.js';
import { Service, signUp, type Account } from '../support/process/service.js';
import { until } from '../support/process/wait-until.js';
import { badFiles } from '../support/storage/bad-files.js';

const path = '/api/v1/storage/uploads';
const megabyte = 1024 * 1024;
const quota = 40 * megabyte;
const b64 = (text: string): string => Buffer.from(text).toString('base64');
const textOf = (bytes: number): Buffer => Buffer.alloc(bytes, 'plain text ');
const env = {
  UPLOAD_QUOTA_BYTES: String(quota),
  MAX_FILE_SIZE: '30MB',
  ALLOWED_FILE_TYPES: 'png,jpg,txt,zip,pdf',
  RATE_LIMIT_UPLOAD: '1000/hour',
  RATE_LIMIT_API_STANDARD: '1000/minute',
  ...withPolicy({ sweepPolicy: { lookEverySeconds: 1 } }),
};

interface Sent {
  readonly name?: string;
  readonly type?: string;
  readonly chunkSize?: number;
  readonly retryDelays?: number[];
  readonly onChunk?: (accepted: number) => void;
}

/** By the client of the protocol's authors; returns the id of the upload. */
const sendBy = (service: Service, who: Account, bytes: Buffer, sent: Sent = {}): Promise<string> =>
  new Promise((resolve, reject) => {
    const { name = 'a.txt', type = 'text/plain', chunkSize = 5 * megabyte, retryDelays = [], onChunk } = sent;
    const upload = new Upload(bytes, {
      endpoint: `${service.url}${path}`,
      headers: { authorization: `Bearer ${who.token}` },
      metadata: { filename: name, filetype: type },
      chunkSize,
      retryDelays,
      onChunkComplete: (_size, accepted) => onChunk?.(accepted),
      onSuccess: () => {
        resolve(upload.url?.split('/').at(-1) ?? '');
      },
      onError: reject,
    });
    upload.start();
  });
const problemOf = (error: unknown): unknown => {
  const answer = (error as DetailedError).originalResponse;
  return [answer?.getStatus(), (JSON.parse(answer?.getBody() ?? '{}') as { code?: string }).code];
};

interface Standing {
  readonly files: number;
  readonly held: number;
  readonly uploads: number;
  readonly parts: number;
}
const standing = async (service: Service, who: Account): Promise<Standing> => {
  const [row] = await ask<{ files: number; held: number; uploads: number; parts: number }>(
    service.home,
    `select (select count(*)::int from velro.files where user_id = u.id) as files, held_bytes::int as held,
       (select count(*)::int from velro.uploads where user_id = u.id) as uploads,
       (select count(*)::int from velro.upload_parts p join velro.uploads l on l.id = p.upload_id where l.user_id = u.id) as parts
     from velro.users u where id = $1`,
    [who.id],
  );
  return row ?? { files: -1, held: -1, uploads: -1, parts: -1 };
};
const nothing: Standing = { files: 0, held: 0, uploads: 0, parts: 0 };

/** Requests of tus by hand. */
class Hand {
  constructor(
    private readonly service: Service,
    private readonly who: Account,
  ) {}

  call(method: string, id: string, headers: Record<string, string> = {}, raw?: Buffer) {
    return this.who.visitor.call(id === '' ? path : `${path}/${id}`, {
      method,
      token: this.who.token,
      ...(raw === undefined ? {} : { raw }),
      headers: { 'tus-resumable': '1.0.0', ...headers },
    });
  }

  async create(bytes: number, name = 'a.txt', type = 'text/plain'): Promise<string> {
    const { status, headers } = await this.call('POST', '', {
      'upload-length': String(bytes),
      'upload-metadata': `filename ${b64(name)},filetype ${b64(type)}`,
      'content-length': '0',
    });
    expect(status).toBe(201);
    return String(headers.location).slice(path.length + 1);
  }

  append(id: string, offset: number | string, raw: Buffer) {
    return this.call(
      'PATCH',
      id,
      { 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream' },
      raw,
    );
  }

  async offset(id: string): Promise<number> {
    return Number((await this.call('HEAD', id)).headers['upload-offset']);
  }

  /** Announces so many bytes, sends the given ones, and breaks the connection. */
  breakOff(id: string, offset: number, announced: number, raw: Buffer): Promise<void> {
    return new Promise((resolve) => {
      const outgoing = request(`${this.service.url}${path}/${id}`, {
        method: 'PATCH',
        localAddress: this.who.visitor.address,
        agent: false,
        headers: {
          authorization: `Bearer ${this.who.token}`,
          'tus-resumable': '1.0.0',
          'upload-offset': String(offset),
          'content-type': 'application/offset+octet-stream',
          'content-length': String(announced),
        },
      });
      outgoing.on('error', () => undefined);
      outgoing.on('close', () => {
        resolve();
      });
      outgoing.write(raw, () => setTimeout(() => outgoing.destroy(), 200));
    });
  }
}

describe('a resumable upload', () => {
  let service: Service;
  beforeAll(async () => {
    service = await Service.start(env);
  });
  afterAll(async () => {
    await service.discard();
  });
  const person = async () => {
    const ada = await signUp(service);
    return { ada, hand: new Hand(service, ada) };
  };
  const fileOf = async (who: Account, id: string) => {
    const { json } = await who.visitor.call(`/api/v1/storage/files/${id}`, { token: who.token });
    const link = await who.visitor.call(`/api/v1/storage/files/${id}/signed-url`, {
      token: who.token,
      body: {},
    });
    return { json, bytes: (await service.visitor().call(String(link.json.url))).bytes };
  };
  const events = (who: Account): unknown[] =>
    service
      .lines()
      .filter(({ event, user_id }) => event === 'upload_validation' && user_id === who.id)
      .map(({ reason, signature }) => reason ?? signature);

  it('by tus-js-client is stored whole, under its id, and holds nothing any more', async () => {
    const { ada } = await person();
    const sent = textOf(17 * megabyte + 3);
    const accepted: number[] = [];
    const id = await sendBy(service, ada, sent, {
      name: 'größe.txt',
      onChunk: (bytes) => accepted.push(bytes),
    });
    expect(accepted).toEqual([5 * megabyte, 10 * megabyte, 15 * megabyte, sent.length]);
    const { json, bytes } = await fileOf(ada, id);
    expect([json.id, json.file_name, json.bytes, json.kind]).toEqual([
      id,
      'größe.txt',
      sent.length,
      'upload',
    ]);
    expect(bytes.equals(sent)).toBe(true);
    expect(await standing(service, ada)).toEqual({ files: 1, held: 0, uploads: 1, parts: 0 });
    await until(
      async () => (await ask(service.home, `select 1 from velro.storage_removals`)).length === 0,
      'the end of its parts',
    );
  });

  it('in one piece and with several parts in it is stored as well', async () => {
    const { ada } = await person();
    const id = await sendBy(service, ada, textOf(9 * megabyte), { chunkSize: Infinity });
    expect((await fileOf(ada, id)).json.bytes).toBe(9 * megabyte);
  });

  it('goes on where its connection broke, with the bytes that came until then', async () => {
    const { ada, hand } = await person();
    const sent = textOf(6 * megabyte);
    const id = await hand.create(sent.length);
    await hand.breakOff(id, 0, sent.length, sent.subarray(0, 5 * megabyte));
    await until(async () => (await hand.offset(id)) === 5 * megabyte, 'what came');
    const { status, headers } = await hand.append(id, 5 * megabyte, sent.subarray(5 * megabyte));
    expect([status, headers['upload-offset']]).toEqual([204, String(sent.length)]);
    expect((await fileOf(ada, id)).bytes.equals(sent)).toBe(true);
  });

  it('goes on after a kill -9 of the service, on what was kept', async () => {
    const own = await Service.start(env);
    const ada = await signUp(own);
    const sent = textOf(6 * megabyte);
    const id = await new Hand(own, ada).create(sent.length);
    await new Hand(own, ada).append(id, 0, sent.subarray(0, 3 * megabyte));
    const broken = new Hand(own, ada).breakOff(
      id,
      3 * megabyte,
      3 * megabyte,
      sent.subarray(3 * megabyte, 4 * megabyte),
    );
    await own.kill();
    await broken;
    const again = await Service.start(env, own.home);
    const visitor = again.visitor(ada.visitor.address);
    const hand = new Hand(again, { ...ada, visitor });
    const offset = await hand.offset(id);
    expect([3, 4].map((count) => count * megabyte)).toContain(offset);
    expect((await hand.append(id, offset, sent.subarray(offset))).status).toBe(204);
    const file = await visitor.call(`/api/v1/storage/files/${id}`, { token: ada.token });
    expect([file.status, file.json.bytes]).toEqual([200, sent.length]);
    await again.discard();
  });

  it.each<[string, string | number, number, number, string, string]>([
    ['before it', 0, 10, 409, 'upload_offset_conflict', 'offset'],
    ['behind it', 200, 10, 409, 'upload_offset_conflict', 'offset'],
    ['of more than is left', 100, 1000, 413, 'body_too_large', 'length'],
  ])(
    'refuses bytes that lie %s, keeps none of them, and writes one event',
    async (_title, offset, bytes, status, code, reason) => {
      const { ada, hand } = await person();
      const id = await hand.create(1000);
      await hand.append(id, 0, textOf(100));
      const before = await standing(service, ada);
      const answer = await hand.append(id, offset, textOf(bytes));
      expect([answer.status, answer.json.code, answer.headers['tus-resumable']]).toEqual([
        status,
        code,
        '1.0.0',
      ]);
      expect(await standing(service, ada)).toEqual(before);
      expect(await hand.offset(id)).toBe(100);
      await until(() => events(ada).length > 0, 'the event');
      expect(events(ada)).toEqual([reason]);
    },
  );

  it.each(['-1', '', 'x', '1.5', '0100', '99999999999999999999'])('refuses the offset %p', async (offset) => {
    const { hand } = await person();
    const id = await hand.create(1000);
    expect((await hand.append(id, offset, textOf(10))).status).toBe(422);
    expect(await hand.offset(id)).toBe(0);
  });

  it('refuses bytes in chunks that come to more than is left', async () => {
    const { ada, hand } = await person();
    const id = await hand.create(1000);
    const { status, json } = await hand.call(
      'PATCH',
      id,
      {
        'upload-offset': '0',
        'content-type': 'application/offset+octet-stream',
        'transfer-encoding': 'chunked',
        'content-length': '',
      },
      textOf(2000),
    );
    expect([
      status === 413 || status === 400,
      json.code === 'body_too_large' || json.code === 'bad_request',
    ]).toEqual([true, true]);
    expect(await standing(service, ada)).toEqual({ files: 0, held: 1000, uploads: 1, parts: 0 });
  });

  it('lets one of two requests at the same offset go on', async () => {
    const { ada, hand } = await person();
    const sent = textOf(2000);
    const id = await hand.create(sent.length);
    const answers = await Promise.all([1, 2, 3].map(() => hand.append(id, 0, sent)));
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 409, 409]);
    expect((await fileOf(ada, id)).bytes.equals(sent)).toBe(true);
    expect(await standing(service, ada)).toEqual({ files: 1, held: 0, uploads: 1, parts: 0 });
  });

  it.each(
    badFiles.filter(({ code, title }) => code !== 'file_name_refused' && !/25 MB|entries than/.test(title)),
  )('of $title is refused, and leaves nothing but one event', async ({ name, type, bytes, code }) => {
    const { ada } = await person();
    const refused = await sendBy(service, ada, await bytes(), { name, type }).catch(problemOf);
    expect(refused).toEqual([422, code]);
    expect(await standing(service, ada)).toEqual(nothing);
    await until(() => events(ada).length > 0, 'the event');
    expect(events(ada)).toHaveLength(1);
  });

  it.each<[string, Record<string, string>, number, string]>([
    ['no length', { 'upload-metadata': '' }, 422, 'validation_failed'],
    ['a length of nothing', { 'upload-length': '0' }, 422, 'validation_failed'],
    ['a length that comes later', { 'upload-defer-length': '1' }, 422, 'validation_failed'],
    ['more than a file may have', { 'upload-length': String(30 * megabyte + 1) }, 413, 'body_too_large'],
    ['more than the quota has', { 'upload-length': String(25 * megabyte) }, 413, 'storage_quota_exceeded'],
    [
      'no name',
      { 'upload-length': '10', 'upload-metadata': `filetype ${b64('text/plain')}` },
      422,
      'file_type_refused',
    ],
    [
      'a path',
      {
        'upload-length': '10',
        'upload-metadata': `filename ${b64('../a.txt')},filetype ${b64('text/plain')}`,
      },
      422,
      'file_name_refused',
    ],
    [
      'unreadable metadata',
      { 'upload-length': '10', 'upload-metadata': 'filename %' },
      422,
      'validation_failed',
    ],
    ['another version', { 'tus-resumable': '0.2.2', 'upload-length': '10' }, 412, 'tus_version_unsupported'],
  ])('with %s is not begun', async (_title, headers, status, code) => {
    const { ada, hand } = await person();
    const held = await hand.create(20 * megabyte);
    const before = await standing(service, ada);
    const metadata = { 'upload-metadata': `filename ${b64('a.txt')},filetype ${b64('text/plain')}` };
    const answer = await hand.call('POST', '', { ...metadata, 'content-length': '0', ...headers });
    expect([answer.status, answer.json.code]).toEqual([status, code]);
    expect(await standing(service, ada)).toEqual(before);
    expect((await hand.call('DELETE', held)).status).toBe(204);
    expect(await standing(service, ada)).toEqual(nothing);
  });

  it('is not begun while ten others are unfinished', async () => {
    const { ada, hand } = await person();
    for (let count = 0; count < 10; count++) await hand.create(10);
    const { status, json } = await hand.call('POST', '', {
      'upload-length': '10',
      'upload-metadata': `filename ${b64('a.txt')},filetype ${b64('text/plain')}`,
      'content-length': '0',
    });
    expect([status, json.code]).toEqual([429, 'uploads_exceeded']);
    expect((await standing(service, ada)).uploads).toBe(10);
  });

  it('of somebody else is not there, whatever is asked of it', async () => {
    const { ada, hand } = await person();
    const { hand: eve } = await person();
    const id = await hand.create(1000);
    await hand.append(id, 0, textOf(100));
    const before = await standing(service, ada);
    for (const answer of [
      await eve.call('HEAD', id),
      await eve.append(id, 100, textOf(900)),
      await eve.call('DELETE', id),
    ])
      expect(answer.status).toBe(404);
    expect(await standing(service, ada)).toEqual(before);
  });

  it('that has expired is gone with its parts and what it held', async () => {
    const { ada, hand } = await person();
    const id = await hand.create(1000);
    await hand.append(id, 0, textOf(100));
    const [part] = await ask<{ key: string }>(
      service.home,
      'select object_key as key from velro.upload_parts where upload_id = $1',
      [id],
    );
    expect(part?.key).toMatch(/^uploads\/[0-9a-f-]{36}\/[0-9a-f-]{36}\.part$/);
    await ask(
      service.home,
      `update velro.uploads set expires_at = now() - interval '1 second' where id = $1`,
      [id],
    );
    expect((await hand.call('HEAD', id)).status).toBe(404);
    expect((await hand.append(id, 100, textOf(900))).status).toBe(404);
    await ask(service.home, `update velro.sweeps set due_at = now() where name = 'expired_uploads'`);
    await until(async () => (await standing(service, ada)).uploads === 0, 'the sweep');
    expect(await standing(service, ada)).toEqual(nothing);
    await until(
      async () => (await ask(service.home, 'select 1 from velro.storage_removals')).length === 0,
      'the end of its part',
    );
  });

  it.each([
    ['POST', '201', ['Upload-Length', 'Upload-Metadata'], ['Location', 'Upload-Expires']],
    ['HEAD', '200', [], ['Upload-Offset', 'Upload-Length', 'Upload-Expires']],
    ['PATCH', '204', ['Upload-Offset'], ['Upload-Offset']],
    ['DELETE', '204', [], []],
  ])('has its %s in the API description, with the headers of tus', (method, status, sent, answered) => {
    const target = method === 'POST' ? path : `${path}/{id}`;
    const named = operations.find(({ name }) => name === `${method} ${target}`)?.parameters ?? [];
    const headers = named.flatMap((one) => (one.in === 'header' ? [one.name] : []));
    expect(headers).toEqual(['Tus-Resumable', ...sent]);
    const responses = describedAnswers().operationOf(method, target)?.['responses'];
    expect(Object.keys(responses[status].headers)).toEqual(
      expect.arrayContaining(['Tus-Resumable', ...answered]),
    );
    expect(Object.keys(responses['412'].headers)).toContain('Tus-Version');
  });

  it('answers the preflight of a browser, and lets it read what it needs', async () => {
    const origin = 'http://localhost:3000';
    const preflight = await service.visitor().call(path, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'PATCH',
        'access-control-request-headers': 'tus-resumable,upload-offset',
      },
    });
    expect(preflight.headers['access-control-allow-methods']).toContain('PATCH');
    for (const name of ['Tus-Resumable', 'Upload-Length', 'Upload-Metadata', 'Upload-Offset'])
      expect(preflight.headers['access-control-allow-headers']).toContain(name);
  });
});

describe('a resumable upload whose scanner is away', () => {
  it('keeps its last bytes uncounted, and is stored once the scanner is back', async () => {
    const scanner = await HostileScanner.start();
    const service = await Service.start({ ...env, CLAMAV_HOST: scanner.address });
    try {
      const ada = await signUp(service);
      const hand = new Hand(service, ada);
      const sent = randomBytes(1).toString('hex').repeat(500_000);
      const bytes = Buffer.from(sent);
      scanner.conduct = (socket) => void socket.destroy();
      const id = await hand.create(bytes.length);
      expect((await hand.append(id, 0, bytes.subarray(0, 600_000))).status).toBe(204);
      const { status, json } = await hand.append(id, 600_000, bytes.subarray(600_000));
      expect([status, json.code]).toEqual([503, 'unavailable']);
      expect(await standing(service, ada)).toEqual({ files: 0, held: bytes.length, uploads: 1, parts: 1 });
      expect(await hand.offset(id)).toBe(600_000);
      scanner.conduct = answering('stream: OK\0');
      expect((await hand.append(id, 600_000, bytes.subarray(600_000))).status).toBe(204);
      expect(await standing(service, ada)).toEqual({ files: 1, held: 0, uploads: 1, parts: 0 });
    } finally {
      await service.discard();
      await scanner.stop();
    }
  });
});

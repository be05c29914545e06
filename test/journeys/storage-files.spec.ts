import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SystemRandom } from '../../src/adapters/system/system.js';
import { insist } from '../support/http/insist.js';
import { ask } from '../support/database/database.js';
import { until } from '../support/process/wait-until.js';
import type { Answer } from '../support/http/http.js';
import { Service, signUp, type Account } from '../support/process/service.js';

const path = '/api/v1/storage';
const random = new SystemRandom();
const nobodys = '01900000-0000-7000-8000-000000000000';
const quota = 5_000_000;

/** What is left of an answer when what differs with every request is taken away. */
const told = ({ status, json }: Answer): unknown => [status, { ...json, instance: '', request_id: '' }];

interface File {
  readonly id: string;
  readonly key: string;
}

describe('a stored file', () => {
  let service: Service;
  beforeAll(async () => {
    service = await Service.start({ UPLOAD_QUOTA_BYTES: String(quota) });
  });
  afterAll(async () => {
    await service.discard();
  });

  const call = (who: Account, rest: string, method = 'GET', body?: unknown) =>
    who.visitor.call(`${path}${rest}`, {
      method,
      token: who.token,
      ...(body === undefined ? {} : { body }),
    });
  const stats = async (who: Account) => (await call(who, '/stats')).json;
  const objectOf = ({ key }: File): string => join(service.home, 'objects', ...key.split('/'));
  /** A file with its object, as if it had come by a generation. */
  const store = async (who: Account, kind: 'reference' | 'upload', expiresIn: string | null = null) => {
    const id = random.timeOrderedUuid();
    const file: File = { id, key: `${kind}s/${id}.png` };
    await mkdir(dirname(objectOf(file)), { recursive: true });
    await writeFile(objectOf(file), 'picture');
    await ask(
      service.home,
      `insert into velro.files (id, user_id, kind, object_key, content_type, bytes, sha256, expires_at)
       values ($1, $2, $3, $4, 'image/png', 7, $5, now() + $6::interval)`,
      [id, who.id, kind, file.key, Buffer.alloc(32), expiresIn],
    );
    return file;
  };
  /** A generation that was started from a file and stays where it is. */
  const startedFrom = async (who: Account, file: File, status: string): Promise<string> => {
    const id = random.timeOrderedUuid();
    await ask(
      service.home,
      `insert into velro.generations
         (id, user_id, model_id, prompt, credits_cost, reference_file_id, status, deadline_at, due_at)
       values ($1, $2, 'velro/canvas', 'fog', 0, $3, $4, now() + interval '1 hour', now() + interval '1 hour')`,
      [id, who.id, file.id, status],
    );
    return id;
  };
  const paint = async (who: Account): Promise<{ generation: string; file: File; bytes: number }> => {
    const order = { model_id: 'velro/canvas', prompt: 'fog', parameters: { width: 256, height: 256 } };
    const { json } = await who.visitor.call('/api/v1/generations', { token: who.token, body: order });
    const generation = String(json.id);
    await who.visitor.events(`/api/v1/generations/${generation}/events`, who.token);
    const [row] = await ask<{ id: string; key: string; bytes: number }>(
      service.home,
      'select id, object_key as key, bytes::int from velro.files where generation_id = $1',
      [generation],
    );
    if (row === undefined) throw new Error('nothing was painted');
    return { generation, file: row, bytes: row.bytes };
  };

  it('is listed, read, linked and deleted with its object; its generation stays', async () => {
    const ada = await signUp(service);
    const { generation, file, bytes } = await paint(ada);
    const shown = {
      id: file.id,
      kind: 'result',
      generation_id: generation,
      content_type: 'image/png',
      quarantined: false,
      width: 256,
      height: 256,
      bytes,
      created_at: expect.any(String),
      expires_at: null,
      file_name: null,
    };
    expect((await call(ada, '/files')).json).toEqual({ data: [shown], next_cursor: null });
    const read = await call(ada, `/files/${file.id}`);
    expect([read.status, read.json]).toEqual([200, shown]);

    const signed = await call(ada, `/files/${file.id}/signed-url`, 'POST', { expires_in: 60 });
    expect([signed.status, Object.keys(signed.json).sort()]).toEqual([200, ['expires_at', 'url']]);
    const left = Date.parse(signed.json.expires_at as string) - Date.now();
    expect(left).toBeGreaterThan(50_000);
    expect(left).toBeLessThanOrEqual(60_000);
    expect((await service.visitor().call(signed.json.url)).bytes).toHaveLength(bytes);

    expect((await call(ada, `/files/${file.id}`, 'DELETE')).status).toBe(204);
    expect((await call(ada, `/files/${file.id}`)).status).toBe(404);
    await until(() => !existsSync(objectOf(file)), 'the end of the object');
    const gone = await service.visitor().call(signed.json.url);
    expect([gone.status, gone.json.code]).toEqual([410, 'object_gone']);
    const { json } = await ada.visitor.call(`/api/v1/generations/${generation}`, { token: ada.token });
    expect([json.status, json.media]).toEqual(['completed', []]);
    await until(
      async () => (await ask(service.home, 'select 1 from velro.storage_removals')).length === 0,
      'the end of the removal',
    );
  });

  it('is linked for an hour by default, also by an empty request', async () => {
    const ada = await signUp(service);
    const { id } = await store(ada, 'upload');
    for (const body of [{}, undefined]) {
      const { json } = await call(ada, `/files/${id}/signed-url`, 'POST', body);
      expect(Math.abs(Date.parse(json.expires_at as string) - Date.now() - 3_600_000)).toBeLessThan(10_000);
    }
  });

  it('is listed newest first, page by page, each once, and by kind', async () => {
    const ada = await signUp(service);
    const files: (File & { kind: string })[] = [];
    for (let count = 0; count < 6; count++) {
      const kind = count % 2 === 0 ? 'reference' : 'upload';
      files.unshift({ ...(await store(ada, kind)), kind });
    }
    for (const kind of [null, 'reference', 'upload', 'result']) {
      const seen: string[] = [];
      for (let cursor: string | null = ''; cursor !== null;) {
        const query = `limit=2${kind === null ? '' : `&kind=${kind}`}${cursor === '' ? '' : `&cursor=${cursor}`}`;
        const { json } = await call(ada, `/files?${query}`);
        seen.push(...json.data.map((file: { id: string }) => file.id));
        cursor = json.next_cursor as string | null;
      }
      expect([kind, seen]).toEqual([
        kind,
        files.filter((file) => kind === null || file.kind === kind).map(({ id }) => id),
      ]);
    }
  });

  it('counts in the usage by kind, until it is deleted', async () => {
    const ada = await signUp(service);
    const none = { files: 0, bytes: 0 };
    const empty = { files: 0, bytes: 0, quota_bytes: quota };
    expect(await stats(ada)).toEqual({ ...empty, by_kind: { result: none, reference: none, upload: none } });
    const { file, bytes } = await paint(ada);
    await store(ada, 'reference');
    const upload = await store(ada, 'upload');
    await store(ada, 'upload');
    expect(await stats(ada)).toEqual({
      files: 4,
      bytes: bytes + 21,
      quota_bytes: quota,
      by_kind: {
        result: { files: 1, bytes },
        reference: { files: 1, bytes: 7 },
        upload: { files: 2, bytes: 14 },
      },
    });
    for (const { id } of [file, upload]) await call(ada, `/files/${id}`, 'DELETE');
    expect(await stats(ada)).toMatchObject({ files: 2, bytes: 14, by_kind: { result: none } });
  });

  it.each(['queued', 'submitting', 'processing'])(
    'that a %s generation starts from is not deleted before its end',
    async (status) => {
      const ada = await signUp(service);
      const file = await store(ada, 'reference');
      const generation = await startedFrom(ada, file, status);
      const refused = await call(ada, `/files/${file.id}`, 'DELETE');
      expect([refused.status, refused.json.code]).toEqual([409, 'generation_running']);
      expect((await call(ada, `/files/${file.id}`)).status).toBe(200);
      expect(existsSync(objectOf(file))).toBe(true);
      await ask(service.home, "update velro.generations set status = 'failed' where id = $1", [generation]);
      expect((await call(ada, `/files/${file.id}`, 'DELETE')).status).toBe(204);
      const [row] = await ask(service.home, 'select reference_file_id from velro.generations where id = $1', [
        generation,
      ]);
      expect(row).toEqual({ reference_file_id: null });
    },
  );

  it('is deleted once under many concurrent deletions, of its generation too', async () => {
    const ada = await signUp(service);
    const { generation, file } = await paint(ada);
    const reference = await store(ada, 'reference');
    await ask(service.home, 'update velro.generations set reference_file_id = $2 where id = $1', [
      generation,
      reference.id,
    ]);
    const answers = await Promise.all([
      ...Array.from({ length: 4 }, () => insist(() => call(ada, `/files/${file.id}`, 'DELETE'))),
      ...Array.from({ length: 4 }, () => insist(() => call(ada, `/files/${reference.id}`, 'DELETE'))),
      insist(() =>
        ada.visitor.call(`/api/v1/generations/${generation}`, { method: 'DELETE', token: ada.token }),
      ),
    ]);
    for (const { status } of answers) expect([204, 404]).toContain(status);
    expect(answers.at(-1)?.status).toBe(204);
    expect(await stats(ada)).toMatchObject({ files: 0, bytes: 0 });
    await until(() => ![file, reference].some((one) => existsSync(objectOf(one))), 'the end of both');
  });

  it('is not found by another account: not read, not linked, not deleted, not listed, not counted', async () => {
    const [ada, eve] = [await signUp(service), await signUp(service)];
    const files = [await store(ada, 'reference'), (await paint(ada)).file];
    await startedFrom(ada, files[0] ?? { id: '', key: '' }, 'processing');
    for (const { id } of files)
      for (const [method, rest] of [
        ['GET', ''],
        ['POST', '/signed-url'],
        ['DELETE', ''],
      ] as const) {
        const body = method === 'POST' ? {} : undefined;
        const answer = await call(eve, `/files/${id}${rest}`, method, body);
        expect([answer.status, answer.json.code]).toEqual([404, 'not_found']);
        expect(told(answer)).toEqual(told(await call(eve, `/files/${nobodys}${rest}`, method, body)));
      }
    expect((await call(eve, '/files')).json.data).toEqual([]);
    expect(await stats(eve)).toMatchObject({ files: 0, bytes: 0 });
    expect((await call(ada, '/files')).json.data).toHaveLength(2);
  });

  it('is not found once expired, though it counts in the usage until the sweep', async () => {
    const ada = await signUp(service);
    const { id } = await store(ada, 'reference', '-1 second');
    const living = await store(ada, 'reference', '1 hour');
    for (const answer of [
      await call(ada, `/files/${id}`),
      await call(ada, `/files/${id}/signed-url`, 'POST', {}),
      await call(ada, `/files/${id}`, 'DELETE'),
    ])
      expect(answer.status).toBe(404);
    const { json } = await call(ada, '/files');
    expect(json.data.map((file: { id: string }) => file.id)).toEqual([living.id]);
    expect(Date.parse(json.data[0].expires_at as string)).toBeGreaterThan(Date.now());
    expect((await stats(ada)).bytes).toBe(14);
  });

  it('is read and linked by a viewer, and not deleted', async () => {
    const viewer = await signUp(service);
    const { id } = await store(viewer, 'upload');
    await ask(service.home, "update velro.users set role = 'viewer' where id = $1", [viewer.id]);
    const again = await viewer.visitor.call('/api/v1/auth/refresh', {
      body: { refresh_token: viewer.refreshToken },
    });
    const now = { ...viewer, token: again.json.access_token as string };
    expect([
      (await call(now, '/files')).status,
      (await call(now, `/files/${id}`)).status,
      (await call(now, `/files/${id}/signed-url`, 'POST', {})).status,
      (await call(now, '/stats')).status,
    ]).toEqual([200, 200, 200, 200]);
    const refused = await call(now, `/files/${id}`, 'DELETE');
    expect([refused.status, refused.json.code]).toEqual([403, 'forbidden']);
  });

  it.each([
    { expires_in: 59 },
    { expires_in: 86_401 },
    { expires_in: 60.5 },
    { expires_in: '3600' },
    { expires_in: [60] },
    { expires_in: -60 },
    { expires_in: 60, key: 'generations/x/0.png' },
    [],
  ])('is not linked by %p', async (body) => {
    const ada = await signUp(service);
    const { id } = await store(ada, 'upload');
    const answer = await call(ada, `/files/${id}/signed-url`, 'POST', body);
    expect([answer.status, answer.json.code]).toEqual([422, 'validation_failed']);
  });

  it.each([
    ['?kind=everything', 422],
    ['?kind=', 422],
    ['?kind=result&kind=upload', 400],
    ['?limit=0', 422],
    ['?limit=1e2', 422],
    ['?cursor=0', 422],
    ['?user_id=01900000-0000-7000-8000-000000000000', 422],
    ['/..', 404],
    ['/not-an-id', 404],
    ['/01900000-0000-7000-8000-00000000000g', 404],
  ])('answers GET /storage/files%s with %i', async (rest, status) => {
    expect((await call(await signUp(service), `/files${rest}`)).status).toBe(status);
  });
});

import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Clamd, hasClamd } from '../support/clamav/clamd.js';
import { answering, HostileScanner } from '../support/clamav/hostile-scanner.js';
import { ask } from '../support/database/database.js';
import { picture } from '../support/generations/pictures.js';
import { FalService } from '../support/fal/fal-service.js';
import type { Answer } from '../support/http/http.js';
import { withPolicy } from '../support/process/policy.js';
import { Service, signUp, type Account } from '../support/process/service.js';
import { badFiles, goodFiles } from '../support/storage/bad-files.js';
import { formOf, uploadBy, type SentFile } from '../support/storage/upload.js';
import { until } from '../support/process/wait-until.js';

const quota = 5_000_000;

/** A sweep that is due begins at once. */
const soon = withPolicy({ sweepPolicy: { lookEverySeconds: 1 } });

/** Files below a folder, with those of unfinished writes. */
const filesBelow = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
    : [];

/** What a refusal must leave as it was. */
async function standing(service: Service, who: Account): Promise<unknown> {
  const [row] = await ask<{ bytes: string }>(
    service.home,
    `select (select count(*) from velro.files) as files, storage_bytes as bytes, held_bytes as held
     from velro.users where id = $1`,
    [who.id],
  );
  return { ...row, objects: filesBelow(join(service.home, 'objects')).length };
}

/** The events of refused uploads of a person that the log has, with those that a line stands for. */
const eventsOf = (service: Service, who: Account): unknown[] =>
  service
    .lines()
    .filter(({ event, user_id }) => event === 'upload_validation' && user_id === who.id)
    .map(({ reason, signature, threat_level, suppressed }) => ({
      reason,
      signature,
      threat_level,
      suppressed,
    }));

describe('an upload', () => {
  let service: Service;
  beforeAll(async () => {
    service = await Service.start({
      UPLOAD_QUOTA_BYTES: String(quota),
      MAX_FILE_SIZE: '2MB',
      ALLOWED_FILE_TYPES: 'png,jpg,webp,gif,pdf,txt,zip',
      RATE_LIMIT_UPLOAD: '1000/hour',
      RATE_LIMIT_API_STANDARD: '1000/minute',
    });
  });
  afterAll(async () => {
    await service.discard();
  });

  it.each(goodFiles)('of $title is stored, listed, linked and deleted', async ({ name, type, bytes }) => {
    const ada = await signUp(service);
    const file = { name, type, bytes: await bytes() };
    const { status, json, headers } = await uploadBy(ada, file);
    expect([status, json]).toEqual([
      201,
      expect.objectContaining({ kind: 'upload', file_name: name.normalize('NFC'), generation_id: null }),
    ]);
    expect(headers.location).toBe(`/api/v1/storage/files/${String(json.id)}`);
    const read = await ada.visitor.call(String(headers.location), { token: ada.token });
    expect(read.json).toEqual(json);
    const link = await ada.visitor.call(`${String(headers.location)}/signed-url`, {
      token: ada.token,
      body: {},
    });
    const got = await service.visitor().call(String(link.json.url));
    expect([got.status, got.headers['content-type'], got.bytes.length]).toEqual([
      200,
      expect.stringContaining(String(json.content_type)),
      json.bytes,
    ]);
    if (!type.startsWith('image/')) expect(got.bytes.equals(file.bytes)).toBe(true);
    expect(got.headers['content-disposition']).toContain(`filename*=UTF-8''${encodeURIComponent(name)}`);
    const gone = await ada.visitor.call(String(headers.location), { method: 'DELETE', token: ada.token });
    expect(gone.status).toBe(204);
    await until(
      async () => (await ask(service.home, 'select 1 from velro.storage_removals')).length === 0,
      'the end of its object',
    );
  });

  it.each(badFiles)(
    'of $title is refused, and leaves nothing but one event',
    async ({ name, type, bytes, code, reason }) => {
      const ada = await signUp(service);
      const before = await standing(service, ada);
      const { status, json } = await uploadBy(ada, { name, type, bytes: await bytes() });
      expect([status, json.code, (json.errors as { code: string }[] | undefined)?.[0]?.code]).toEqual([
        422,
        code,
        reason,
      ]);
      expect(await standing(service, ada)).toEqual(before);
      await until(() => eventsOf(service, ada).length > 0, 'the event');
      expect(eventsOf(service, ada)).toEqual([
        code === 'file_infected'
          ? { signature: 'Eicar-Test-Signature', threat_level: 'HIGH' }
          : { reason: reason ?? code.replace(/^file_|_refused$/g, ''), threat_level: 'LOW' },
      ]);
    },
  );

  it('of one byte more than a file may have is refused, by its announced length and by its real one', async () => {
    const ada = await signUp(service);
    const before = await standing(service, ada);
    for (const bytes of [2 * 1024 * 1024 + 1, 3_000_000]) {
      const { status, json } = await uploadBy(ada, {
        name: 'a.txt',
        type: 'text/plain',
        bytes: Buffer.alloc(bytes, 'a'),
      });
      expect([status, json.code]).toEqual([413, 'body_too_large']);
    }
    expect(await standing(service, ada)).toEqual(before);
    const fits = { name: 'a.txt', type: 'text/plain', bytes: Buffer.alloc(2 * 1024 * 1024, 'a') };
    expect((await uploadBy(ada, fits)).status).toBe(201);
  });

  it('of the last byte of the quota is stored, and of one more is refused', async () => {
    const ada = await signUp(service);
    const text = (bytes: number): SentFile => ({
      name: 'a.txt',
      type: 'text/plain',
      bytes: Buffer.alloc(bytes, 'a'),
    });
    for (const bytes of [2_000_000, 2_000_000, quota - 4_000_001])
      expect((await uploadBy(ada, text(bytes))).status).toBe(201);
    const before = await standing(service, ada);
    const { status, json } = await uploadBy(ada, text(2));
    expect([status, json.code]).toEqual([413, 'storage_quota_exceeded']);
    expect(await standing(service, ada)).toEqual(before);
    expect(eventsOf(service, ada)).toEqual([{ reason: 'quota', threat_level: 'LOW' }]);
    expect((await uploadBy(ada, text(1))).status).toBe(201);
    const stats = await ada.visitor.call('/api/v1/storage/stats', { token: ada.token });
    expect([stats.json.bytes, stats.json.quota_bytes]).toEqual([quota, quota]);
  });

  it('beside nineteen others for the last megabyte stores as many as there is room for', async () => {
    const ada = await signUp(service);
    const text = (bytes: number): SentFile => ({
      name: 'a.txt',
      type: 'text/plain',
      bytes: Buffer.alloc(bytes, 'a'),
    });
    for (const bytes of [2_000_000, 2_000_000]) await uploadBy(ada, text(bytes));
    const answers = await Promise.all(Array.from({ length: 20 }, () => uploadBy(ada, text(400_000))));
    const stored = answers.filter(({ status }) => status === 201).length;
    expect(stored).toBe(2);
    for (const { status, json } of answers.filter((one) => one.status !== 201))
      expect([413, 429, 503]).toContain(
        status === 413 && json.code !== 'storage_quota_exceeded' ? 0 : status,
      );
    const [row] = await ask<{ bytes: number }>(
      service.home,
      'select storage_bytes::int as bytes from velro.users where id = $1',
      [ada.id],
    );
    expect(row?.bytes).toBe(4_800_000);
    await until(() => filesBelow(join(service.home, 'objects', '.parts')).length === 0, 'no draft');
  });

  it.each<[string, (boundary: string) => Buffer, number, string]>([
    ['no file', () => formOf([]), 422, 'validation_failed'],
    [
      'an empty file',
      () => formOf([{ name: 'a.txt', type: 'text/plain', bytes: Buffer.alloc(0) }]),
      422,
      'validation_failed',
    ],
    [
      'a file in another field',
      () => formOf([{ field: 'other', name: 'a.txt', type: 'text/plain', bytes: Buffer.from('x') }]),
      422,
      'validation_failed',
    ],
    [
      'two files',
      () => formOf([1, 2].map(() => ({ name: 'a.txt', type: 'text/plain', bytes: Buffer.from('x') }))),
      400,
      'multipart_invalid',
    ],
    [
      'a form that was cut off',
      () => formOf([{ name: 'a.txt', type: 'text/plain', bytes: Buffer.from('x') }]).subarray(0, -20),
      400,
      'multipart_invalid',
    ],
  ])('of %s is refused, and stores nothing', async (_title, form, status, code) => {
    const ada = await signUp(service);
    const before = await standing(service, ada);
    const answer = await uploadBy(ada, form(''));
    expect([answer.status, answer.json.code]).toEqual([status, code]);
    expect(await standing(service, ada)).toEqual(before);
  });

  it('by somebody without a session, or whose role only reads, is refused', async () => {
    const ada = await signUp(service);
    await ask(service.home, `update velro.users set role = 'viewer' where id = $1`, [ada.id]);
    const answer = await service.visitor().call('/api/v1/storage/upload', {
      raw: formOf([]),
      headers: { 'content-type': 'multipart/form-data; boundary=edge-of-parts' },
    });
    expect(answer.status).toBe(401);
  });

  it('is in parts of ranges, and under a name that no header can be broken by', async () => {
    const ada = await signUp(service);
    const name = `it's "quoted"; a=b, ü 報告.txt`;
    const { json } = await uploadBy(ada, { name, type: 'text/plain', bytes: Buffer.from('0123456789') });
    const link = await ada.visitor.call(`/api/v1/storage/files/${String(json.id)}/signed-url`, {
      token: ada.token,
      body: {},
    });
    const part = await service.visitor().call(String(link.json.url), { headers: { range: 'bytes=2-4' } });
    expect([part.status, part.bytes.toString(), part.headers['content-range']]).toEqual([
      206,
      '234',
      'bytes 2-4/10',
    ]);
    expect(part.headers['content-disposition']).toBe(
      `attachment; filename="it's _quoted__ a=b, _ __.txt"; filename*=UTF-8''it%27s%20%22quoted%22%3B%20a%3Db%2C%20%C3%BC%20%E5%A0%B1%E5%91%8A.txt`,
    );
    const beyond = await service.visitor().call(String(link.json.url), { headers: { range: 'bytes=10-' } });
    expect([beyond.status, beyond.json.code]).toEqual([416, 'range_unsatisfiable']);
    const evil = Buffer.from('evil.html').toString('base64url');
    const renamed = String(link.json.url).replace(/name=[^&]*/, `name=${evil}`);
    expect(renamed).toContain(evil);
    expect((await service.visitor().call(renamed)).status).toBe(
      (await service.visitor().call(`${String(link.json.url)}0`)).status,
    );
    expect((await service.visitor().call(renamed)).status).toBeGreaterThanOrEqual(400);
  });
});

describe('a reference image', () => {
  let stage: FalService;
  beforeAll(async () => {
    stage = await FalService.start();
    await stage.fal.queueHost.refuse();
  });
  afterAll(async () => {
    await stage.stop();
  });

  it('is inspected as any other file, and its order costs nothing where it is refused', async () => {
    const { service } = stage;
    const ada = await stage.signUp();
    const before = await standing(service, ada);
    const bad = badFiles.filter(({ title }) =>
      /zTXt of a PNG|web page under the name of a picture|under the name of a JPEG$/.test(title),
    );
    expect(bad).toHaveLength(3);
    for (const { name, type, bytes, code } of bad) {
      const order = await orderWith(ada, { field: 'reference_image', name, type, bytes: await bytes() });
      expect([order.status, order.json.code]).toEqual([
        422,
        code === 'file_infected' ? code : 'reference_refused',
      ]);
    }
    expect(await standing(service, ada)).toEqual(before);
    await until(() => eventsOf(service, ada).length === 2, 'one event of each kind');
    const good = await orderWith(ada, {
      field: 'reference_image',
      name: 'blob',
      type: 'image/png',
      bytes: await picture('png'),
    });
    expect(good.status).toBe(202);
  });

  const orderWith = (who: Account, file: SentFile): Promise<Answer> =>
    who.visitor.call('/api/v1/generations', {
      method: 'POST',
      token: who.token,
      raw: formOf([file], { model_id: 'fal-ai/flux-pro/kontext/max', prompt: 'fog' }),
      headers: { 'content-type': 'multipart/form-data; boundary=edge-of-parts' },
    });
});

describe('an upload whose scanner misbehaves', () => {
  let service: Service;
  let scanner: HostileScanner;
  beforeAll(async () => {
    scanner = await HostileScanner.start();
    service = await Service.start({ CLAMAV_HOST: scanner.address });
  });
  afterAll(async () => {
    await service.discard();
    await scanner.stop();
  });
  const file: SentFile = { name: 'a.txt', type: 'text/plain', bytes: Buffer.from('plain') };

  it('is refused and not stored while the scanner hangs up or says nonsense, and taken when it is back', async () => {
    const ada = await signUp(service);
    const before = await standing(service, ada);
    scanner.conduct = (socket) => void socket.destroy();
    const hungUp = await uploadBy(ada, file);
    scanner.conduct = answering('stream: FINE\0');
    const nonsense = await uploadBy(ada, file);
    for (const { status, json, headers } of [hungUp, nonsense])
      expect([status, json.code, headers['retry-after']]).toEqual([503, 'unavailable', '10']);
    expect(await standing(service, ada)).toEqual(before);
    scanner.conduct = answering('stream: OK\0');
    expect((await uploadBy(ada, file)).status).toBe(201);
  });

  it('is refused for what the scanner finds, whose name no line is broken by', async () => {
    const ada = await signUp(service);
    const before = await standing(service, ada);
    scanner.conduct = answering('stream: Win.Test-1{x} FOUND\0');
    const { status, json } = await uploadBy(ada, file);
    expect([status, json.code]).toEqual([422, 'file_infected']);
    expect(eventsOf(service, ada)).toEqual([{ signature: 'Win.Test-1_x_', threat_level: 'HIGH' }]);
    expect(await standing(service, ada)).toEqual(before);
  });
});

(hasClamd ? describe : describe.skip)('an upload that ClamAV scans', () => {
  let service: Service;
  let clamd: Clamd;
  beforeAll(async () => {
    clamd = await Clamd.start();
    service = await Service.start({ CLAMAV_HOST: clamd.address, ALLOWED_FILE_TYPES: 'txt,zip,pdf' });
  });
  afterAll(async () => {
    await service.discard();
    await clamd.stop();
  });

  it('is refused for the beginning of the test file, which clamd knows and nothing else does', async () => {
    const ada = await signUp(service);
    const before = await standing(service, ada);
    const eicar = await badFiles[0]?.bytes();
    const bytes = Buffer.concat([
      Buffer.from((eicar ?? Buffer.alloc(0)).subarray(0, 40)),
      Buffer.from(' and no more'),
    ]);
    const { status, json } = await uploadBy(ada, { name: 'a.txt', type: 'text/plain', bytes });
    expect([status, json.code]).toEqual([422, 'file_infected']);
    expect(eventsOf(service, ada)).toEqual([{ signature: 'Velro.Eicar.UNOFFICIAL', threat_level: 'HIGH' }]);
    expect(await standing(service, ada)).toEqual(before);
  });

  it('is refused while clamd is dead, and taken once it is back', async () => {
    const ada = await signUp(service);
    const file = { name: 'a.txt', type: 'text/plain', bytes: Buffer.from('plain') };
    await clamd.kill();
    expect((await uploadBy(ada, file)).status).toBe(503);
    await clamd.start();
    expect((await uploadBy(ada, file)).status).toBe(201);
    const stored = filesBelow(join(service.home, 'objects', 'uploads'));
    expect(await Promise.all(stored.map((path) => readFile(path, 'utf8')))).toEqual(['plain']);
  });
});

(hasClamd ? describe : describe.skip)(
  'an upload while ClamAV is away, where SCANNER_DOWN is quarantine',
  () => {
    let service: Service;
    let clamd: Clamd;
    beforeAll(async () => {
      clamd = await Clamd.start();
      service = await Service.start({
        CLAMAV_HOST: clamd.address,
        SCANNER_DOWN: 'quarantine',
        ALLOWED_FILE_TYPES: 'txt,png',
        AI_PROVIDER: 'local',
        ...soon,
      });
    });
    afterAll(async () => {
      await service.discard();
      await clamd.stop();
    });

    const text = (content: string | Buffer) => ({
      name: 'a.txt',
      type: 'text/plain',
      bytes: Buffer.from(content),
    });
    /** What clamd knows, and nothing else does. */
    const infected = async (): Promise<Buffer> =>
      Buffer.concat([
        Buffer.from(((await badFiles[0]?.bytes()) ?? Buffer.alloc(0)).subarray(0, 40)),
        Buffer.from(' and no more'),
      ]);
    const link = (who: Account, id: unknown) =>
      who.visitor.call(`/api/v1/storage/files/${String(id)}/signed-url`, { token: who.token, body: {} });
    const sweep = (): Promise<unknown> =>
      ask(service.home, "update velro.sweeps set due_at = now() where name = 'quarantined_files'");
    const waiting = async (): Promise<number> =>
      (await ask(service.home, 'select 1 from velro.files where scan_due_at is not null')).length;

    it('is taken, read by nobody, and released once it is scanned', async () => {
      const ada = await signUp(service);
      await clamd.kill();
      const taken = await uploadBy(ada, text('plain'));
      expect([taken.status, taken.json.quarantined]).toEqual([201, true]);
      const refused = await link(ada, taken.json.id);
      expect([refused.status, refused.json.code]).toEqual([409, 'file_quarantined']);
      // Away still: it stays where it is.
      await sweep();
      await until(
        async () =>
          (await ask(service.home, 'select 1 from velro.files where scan_due_at > now()')).length === 1,
        'a scan in vain',
      );
      expect((await link(ada, taken.json.id)).json.code).toBe('file_quarantined');
      await clamd.start();
      await ask(service.home, 'update velro.files set scan_due_at = now() where scan_due_at is not null');
      await sweep();
      await until(async () => (await waiting()) === 0, 'the scan');
      const read = await ada.visitor.call(`/api/v1/storage/files/${String(taken.json.id)}`, {
        token: ada.token,
      });
      expect(read.json.quarantined).toBe(false);
      const got = await service.visitor().call(String((await link(ada, taken.json.id)).json.url));
      expect([got.status, got.text]).toEqual([200, 'plain']);
    });

    it('is deleted with its object where it is infected, and its owner is named in the event', async () => {
      const ada = await signUp(service);
      const before = await standing(service, ada);
      await clamd.kill();
      const taken = await uploadBy(ada, text(await infected()));
      expect([taken.status, taken.json.quarantined]).toEqual([201, true]);
      await clamd.start();
      await sweep();
      await until(async () => (await waiting()) === 0, 'the scan');
      expect((await link(ada, taken.json.id)).status).toBe(404);
      await until(async () => {
        const now = await standing(service, ada);
        return JSON.stringify(now) === JSON.stringify(before);
      }, 'the removal of its object');
      await service.logged();
      expect(
        service
          .lines()
          .filter(({ msg, user_id }) => msg.includes('UPLOAD deleted from quarantine') && user_id === ada.id),
      ).toMatchObject([
        { event: 'upload_validation', reason: 'infected', threat_level: 'HIGH', file_id: taken.json.id },
      ]);
    });

    it('is not shown to a model', async () => {
      const ada = await signUp(service);
      const bytes = await picture('png');
      await clamd.kill();
      const taken = await uploadBy(ada, { name: 'a.png', type: 'image/png', bytes });
      expect([taken.status, taken.json.quarantined]).toEqual([201, true]);
      const asked = await ada.visitor.call('/api/v1/chat', {
        token: ada.token,
        body: { message: 'What is this?', attachments: [taken.json.id] },
      });
      expect([asked.status, asked.json.code]).toEqual([409, 'file_quarantined']);
      expect(
        await ask(service.home, 'select 1 from velro.chat_messages where user_id = $1', [ada.id]),
      ).toEqual([]);
      await clamd.start();
    });

    it('is refused for what is judged here all the same', async () => {
      const ada = await signUp(service);
      const before = await standing(service, ada);
      await clamd.kill();
      const eicar = (await badFiles[0]?.bytes()) ?? Buffer.alloc(0);
      expect((await uploadBy(ada, text(Buffer.from(eicar)))).json.code).toBe('file_infected');
      expect(await standing(service, ada)).toEqual(before);
      await clamd.start();
    });
  },
);

describe('files in quarantine', () => {
  it('stay there where no scanner is configured any more', async () => {
    const service = await Service.start({ ALLOWED_FILE_TYPES: 'txt', ...soon });
    try {
      const ada = await signUp(service);
      const { json } = await uploadBy(ada, {
        name: 'a.txt',
        type: 'text/plain',
        bytes: Buffer.from('plain'),
      });
      await ask(
        service.home,
        `with due as (update velro.files set scan_due_at = now())
         update velro.sweeps set due_at = now() where name = 'quarantined_files'`,
      );
      // A run that has ended is due again in half a minute; while it goes on, its lease is of a whole one.
      await until(
        async () =>
          (
            await ask(
              service.home,
              `select 1 from velro.sweeps where name = 'quarantined_files'
                 and due_at between now() + interval '15 seconds' and now() + interval '40 seconds'`,
            )
          ).length === 1,
        'a sweep',
      );
      const read = await ada.visitor.call(`/api/v1/storage/files/${String(json.id)}`, { token: ada.token });
      expect(read.json.quarantined).toBe(true);
    } finally {
      await service.discard();
    }
  });

  it('are scanned one behind the other, whichever of them the scanner dies of', async () => {
    const scanner = await HostileScanner.start();
    const service = await Service.start({
      CLAMAV_HOST: scanner.address,
      SCANNER_DOWN: 'quarantine',
      ALLOWED_FILE_TYPES: 'txt',
      ...soon,
    });
    try {
      const ada = await signUp(service);
      scanner.conduct = (socket) => socket.destroy();
      for (const content of ['poison', 'fine'])
        expect(
          (await uploadBy(ada, { name: `${content}.txt`, type: 'text/plain', bytes: Buffer.from(content) }))
            .status,
        ).toBe(201);
      scanner.conduct = (socket, received) => {
        socket.on('data', () => {
          if (received().includes('poison')) socket.destroy();
          else if (received().subarray(-4).equals(Buffer.alloc(4))) socket.end('stream: OK\0');
        });
      };
      await until(async () => {
        await ask(service.home, "update velro.sweeps set due_at = now() where name = 'quarantined_files'");
        const left = await ask<{ file_name: string }>(
          service.home,
          'select file_name from velro.files where scan_due_at is not null',
        );
        return left.map(({ file_name }) => file_name).join() === 'poison.txt';
      }, 'the scan of the other one');
    } finally {
      await service.discard();
      await scanner.stop();
    }
  });
});

import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { withEmptyScans } from '../support/generations/jpeg-scans.js';
import { ask, unbalanced } from '../support/database/database.js';
import { modelFailure } from '../support/fal/fal-jobs.js';
import { Customer, eventually, FalService } from '../support/fal/fal-service.js';

const picture = {
  model_id: 'fal-ai/flux-pro/v1.1-ultra',
  prompt: 'a lighthouse over a violet sea',
  parameters: { aspect_ratio: '1:1', output_format: 'png' },
};
const video = { model_id: 'fal-ai/wan-pro/text-to-video', prompt: 'waves' };

describe('a generation by fal', () => {
  let stage: FalService;
  let ada: Customer;
  beforeAll(async () => {
    stage = await FalService.start();
    ada = new Customer(await stage.signUp());
  });
  afterEach(async () => {
    stage.fal.faults.clear();
    stage.fal.webhooks.fault = null;
    expect(await ask(stage.service.home, unbalanced)).toEqual([]);
  });
  afterAll(async () => {
    await stage.stop();
  });

  const objects = (): string[] =>
    readdirSync(join(stage.service.home, 'objects'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => entry.name);

  it('is submitted once, called back, fetched, and stored privately without its metadata', async () => {
    const before = await ada.balance();
    const { json } = await ada.create(picture);
    expect(await ada.balance()).toEqual({ balance: before.balance - 50, reserved: before.reserved + 50 });
    const job = await stage.jobOf(json.id);
    expect([job.model, job.input]).toEqual([
      'fal-ai/flux-pro/v1.1-ultra',
      expect.objectContaining({
        prompt: picture.prompt,
        aspect_ratio: '1:1',
        output_format: 'png',
        num_images: 1,
      }),
    ]);
    expect(job.input).not.toHaveProperty('negative_prompt');
    await eventually(async () => (await ada.status(json.id)) === 'processing');
    await stage.fal.complete(job.id);
    await stage.fal.call(job.id);
    const done = await ada.ended(json.id);
    expect(done).toMatchObject({ status: 'completed', progress: 100, kind: 'image' });
    expect(await ada.balance()).toEqual({ balance: before.balance - 50, reserved: before.reserved });
    const [media] = done.media;
    const shown = await stage.service.visitor().call(media.url);
    expect([shown.status, shown.headers['content-type']]).toEqual([200, media.content_type]);
    const metadata = await sharp(shown.bytes).metadata();
    expect([metadata.width, metadata.height]).toEqual([media.width, media.height]);
    expect([metadata.exif, metadata.icc]).toEqual([undefined, undefined]);
    expect(stage.submitsOf(json.id)).toBe(1);
    const [file] = await ask<{ sha256: Buffer; bytes: string }>(
      stage.service.home,
      'select sha256, bytes from velro.files where generation_id = $1',
      [json.id],
    );
    expect(file?.sha256.equals(createHash('sha256').update(shown.bytes).digest())).toBe(true);
  });

  it('stores a video byte for byte', async () => {
    const { json } = await ada.create(video);
    const job = await stage.jobOf(json.id);
    await stage.fal.complete(job.id);
    await stage.fal.call(job.id);
    const done = await ada.ended(json.id);
    expect(done).toMatchObject({
      status: 'completed',
      kind: 'video',
      media: [{ content_type: 'video/mp4' }],
    });
    const shown = await stage.service.visitor().call(done.media[0].url);
    expect(shown.bytes).toHaveLength(done.media[0].bytes);
  });

  it('completes by polling when no callback comes', async () => {
    stage.fal.webhooks.fault = 'lost';
    const { json } = await ada.create(picture);
    const job = await stage.jobOf(json.id);
    await stage.fal.complete(job.id);
    await ask(
      stage.service.home,
      'update velro.generations set due_at = now() where id = $1 and status = $2',
      [json.id, 'processing'],
    );
    await eventually(async () => {
      await ask(stage.service.home, "update velro.generations set due_at = now() where id = $1 and status = 'processing' and due_at > now() + interval '14.5 seconds'", [json.id]); // prettier-ignore
      return (await ada.status(json.id)) === 'completed';
    });
  });

  it('shows its position in the queue of the provider', async () => {
    const { json } = await ada.create(picture);
    await stage.jobOf(json.id);
    await eventually(async () => (await ada.status(json.id)) === 'processing');
    await ask(stage.service.home, 'update velro.generations set due_at = now() where id = $1', [json.id]);
    await eventually(
      async () => typeof (await ada.get(`/generations/${json.id}`)).json.queue_position === 'number',
    );
    expect((await ada.post(`/generations/${json.id}/cancel`)).status).toBe(202);
    expect((await ada.ended(json.id)).status).toBe('cancelled');
  });

  it.each([
    ['content_policy_violation', 'content_refused'],
    ['image_load_error', 'reference_refused'],
    ['internal_server_error', 'provider_failed'],
  ])('fails after %s at fal as %s and costs nothing', async (type, code) => {
    const before = await ada.balance();
    const { json } = await ada.create(picture);
    const job = await stage.jobOf(json.id);
    stage.fal.fail(job.id, modelFailure(type));
    await stage.fal.call(job.id);
    expect(await ada.ended(json.id)).toMatchObject({ status: 'failed', error: { code } });
    expect(await ada.balance()).toEqual(before);
  });

  describe('with a failing provider', () => {
    it('waits while the provider is unavailable, and is submitted once it is available', async () => {
      await stage.fal.queueHost.refuse();
      const { json } = await ada.create(picture);
      await eventually(async () => {
        const [row] = await ask<{ attempts: number }>(
          stage.service.home,
          'select attempts from velro.generations where id = $1',
          [json.id],
        );
        return (row?.attempts ?? 0) >= 2;
      });
      expect(['queued', 'processing']).toContain(await ada.status(json.id));
      await stage.fal.queueHost.accept();
      const job = await stage.jobOf(json.id);
      await stage.fal.complete(job.id);
      await stage.fal.call(job.id);
      expect((await ada.ended(json.id)).status).toBe('completed');
      expect(stage.submitsOf(json.id)).toBe(1);
    });

    it.each([
      ['resets the connection after it took the job', { kind: 'reset', when: 'after' }],
      ['answers 500 after it took the job', { kind: 'error', status: 500, when: 'after' }],
      ['answers garbage after it took the job', { kind: 'garbage' }],
    ] as const)('that %s is not asked again, and its call brings the job back', async (_title, fault) => {
      stage.fal.faults.on('submit', fault, 1);
      const { json } = await ada.create(picture);
      const job = await stage.jobOf(json.id);
      await new Promise((resolve) => setTimeout(resolve, 1500));
      expect(stage.submitsOf(json.id)).toBe(1);
      await stage.fal.complete(job.id);
      await stage.fal.call(job.id);
      expect((await ada.ended(json.id)).status).toBe('completed');
      expect(stage.submitsOf(json.id)).toBe(1);
    });

    it('fails at the deadline without an outcome, and is refunded', async () => {
      const before = await ada.balance();
      stage.fal.faults.on('submit', { kind: 'reset', when: 'before' }, 1);
      const { json } = await ada.create(picture);
      await eventually(async () => {
        const [row] = await ask<{ lost: boolean }>(
          stage.service.home,
          "select status = 'submitting' and due_at = deadline_at as lost from velro.generations where id = $1",
          [json.id],
        );
        return row?.lost === true;
      });
      await ask(
        stage.service.home,
        'update velro.generations set due_at = now(), deadline_at = now() where id = $1',
        [json.id],
      );
      expect(await ada.ended(json.id)).toMatchObject({
        status: 'failed',
        error: { code: 'provider_timeout' },
      });
      expect(await ada.balance()).toEqual(before);
      expect(stage.submitsOf(json.id)).toBe(0);
    });

    it('is retried later when the provider is busy', async () => {
      stage.fal.faults.on('submit', { kind: 'busy', retryAfter: '1' }, 2);
      const { json } = await ada.create(picture);
      const job = await stage.jobOf(json.id);
      await stage.fal.complete(job.id);
      await stage.fal.call(job.id);
      expect((await ada.ended(json.id)).status).toBe('completed');
    });

    it.each(['status', 'result', 'media'] as const)(
      'at its %s is asked again until it answers',
      async (operation) => {
        const { json } = await ada.create(picture);
        const job = await stage.jobOf(json.id);
        stage.fal.faults.on(operation, { kind: 'reset', when: 'before' }, 2);
        await stage.fal.complete(job.id);
        await stage.fal.call(job.id);
        expect((await ada.ended(json.id)).status).toBe('completed');
      },
    );

    it.each([
      ['lies elsewhere', (url: string) => url.replace('127.0.0.1', '127.0.0.2'), 'media_refused'],
      ['is no https', () => 'http://169.254.169.254/latest/meta-data', 'media_refused'],
    ])('stores no result that %s', async (_title, bend, code) => {
      const { json } = await ada.create(picture);
      const job = await stage.jobOf(json.id);
      await stage.fal.complete(job.id);
      const whole = JSON.parse(JSON.stringify(job.result)) as { images: { url: string }[] };
      for (const image of whole.images) image.url = bend(image.url);
      job.result = whole;
      await stage.fal.call(job.id);
      expect(await ada.ended(json.id)).toMatchObject({ status: 'failed', error: { code } });
      expect(stage.fal.trap.seen).toEqual([]);
    });

    it('fails when it returns a video for a picture, and nothing is stored', async () => {
      const kept = objects().length;
      const { json } = await ada.create(picture);
      const job = await stage.jobOf(json.id);
      const other = await ada.create(video);
      const videoJob = await stage.jobOf(other.json.id);
      await stage.fal.complete(videoJob.id);
      const url = (videoJob.result as { video: { url: string } }).video.url;
      await stage.fal.complete(job.id, { images: [{ url, content_type: 'image/png' }] });
      await stage.fal.call(job.id);
      expect(await ada.ended(json.id)).toMatchObject({ status: 'failed', error: { code: 'media_refused' } });
      expect(objects()).toHaveLength(kept);
      await stage.fal.call(videoJob.id);
      await ada.ended(other.json.id);
    });
  });

  describe('after a cancellation', () => {
    it('is cancelled at the provider as well, and costs nothing', async () => {
      const before = await ada.balance();
      const { json } = await ada.create(picture);
      const job = await stage.jobOf(json.id);
      expect((await ada.post(`/generations/${json.id}/cancel`)).status).toBe(202);
      expect((await ada.ended(json.id)).status).toBe('cancelled');
      expect([job.state, job.failure?.errorType]).toEqual(['COMPLETED', 'client_cancelled']);
      expect(await ada.balance()).toEqual(before);
    });

    it('is completed and paid when that came too late', async () => {
      const { json } = await ada.create(picture);
      const job = await stage.jobOf(json.id);
      await eventually(async () => (await ada.status(json.id)) === 'processing');
      await stage.fal.complete(job.id);
      await ada.post(`/generations/${json.id}/cancel`);
      expect((await ada.ended(json.id)).status).toBe('completed');
      const again = await ada.post(`/generations/${json.id}/cancel`);
      expect([again.status, again.json.code]).toEqual([409, 'generation_finished']);
    });

    it('ends at once while queued, and may be retried as a new one', async () => {
      await stage.fal.queueHost.refuse();
      const before = await ada.balance();
      const { json } = await ada.create(picture);
      await ada.post(`/generations/${json.id}/cancel`);
      await eventually(async () => (await ada.status(json.id)) === 'cancelled');
      expect(await ada.balance()).toEqual(before);
      await stage.fal.queueHost.accept();
      expect(stage.submitsOf(json.id)).toBe(0);
      const again = await ada.post(`/generations/${json.id}/retry`);
      expect([again.status, again.json.prompt, again.json.status]).toEqual([202, picture.prompt, 'queued']);
      expect(again.json.id).not.toBe(json.id);
      const job = await stage.jobOf(again.json.id);
      await stage.fal.complete(job.id);
      await stage.fal.call(job.id);
      expect((await ada.ended(again.json.id)).status).toBe('completed');
      const twice = await ada.post(`/generations/${String(again.json.id)}/retry`);
      expect([twice.status, twice.json.code]).toEqual([409, 'generation_not_repeatable']);
    });
  });

  it.each([
    ['its only picture', [true], 1, 'failed', 'content_refused'],
    ['both pictures', [true, true], 2, 'failed', 'content_refused'],
    ['one of two pictures', [true, false], 2, 'completed', undefined],
    ['no picture', [false], 1, 'completed', undefined],
  ])('that the provider flags for %s ends as it says', async (_title, flags, count, status, code) => {
    const before = await ada.balance();
    const { json } = await ada.create(picture);
    const job = await stage.jobOf(json.id);
    const images = await Promise.all(
      Array.from({ length: count }, async () => ({ url: await stage.fal.media.addPicture() })),
    );
    await stage.fal.complete(job.id, { images, has_nsfw_concepts: flags });
    await stage.fal.call(job.id);
    const ended = await ada.ended(json.id);
    expect([ended.status, ended.error?.code]).toEqual([status, code]);
    if (code !== undefined) expect(await ada.balance()).toEqual(before);
    else expect(ended.media).toHaveLength(1);
  });

  describe('with a reference image', () => {
    const form = (
      fields: Record<string, string>,
      image: Buffer | null,
      name = 'reference_image',
      fileName?: string,
    ) => {
      const type = image?.[0] === 0xff ? 'jpeg' : 'png';
      const boundary = 'edge-of-parts';
      const parts = Object.entries(fields).map(
        ([field, value]) =>
          `--${boundary}\r\ncontent-disposition: form-data; name="${field}"\r\n\r\n${value}\r\n`,
      );
      const file =
        image === null
          ? []
          : [
              Buffer.from(
                `--${boundary}\r\ncontent-disposition: form-data; name="${name}"; filename="${fileName ?? `x.${type}`}"\r\ncontent-type: image/${type}\r\n\r\n`,
              ),
              image,
              Buffer.from('\r\n'),
            ];
      return {
        raw: Buffer.concat([Buffer.from(parts.join('')), ...file, Buffer.from(`--${boundary}--\r\n`)]),
        headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
      };
    };
    const send = (body: ReturnType<typeof form>) =>
      ada.account.visitor.call('/api/v1/generations', { method: 'POST', token: ada.account.token, ...body });
    const editing = { model_id: 'fal-ai/flux-pro/kontext/max', prompt: 'make it night' };
    const image = (): Promise<Buffer> =>
      sharp({ create: { width: 64, height: 48, channels: 3, background: '#336699' } })
        .withExif({ IFD0: { Copyright: 'somebody' } })
        .png()
        .toBuffer();

    it('sends the provider a link to a re-encoded copy', async () => {
      const { json, status } = await send(form(editing, await image()));
      expect([status, json.has_reference_image]).toEqual([202, true]);
      const job = await stage.jobOf(json.id);
      const copy = await stage.service.visitor().call(String(job.input['image_url']));
      const metadata = await sharp(copy.bytes).metadata();
      expect([metadata.width, metadata.height, metadata.exif]).toEqual([64, 48, undefined]);
      await stage.fal.complete(job.id);
      await stage.fal.call(job.id);
      expect((await ada.ended(json.id)).status).toBe('completed');
      const kept = objects().length;
      expect(
        (
          await ada.account.visitor.call(`/api/v1/generations/${String(json.id)}`, {
            method: 'DELETE',
            token: ada.account.token,
          })
        ).status,
      ).toBe(204);
      // The result and the copy.
      await eventually(() => objects().length === kept - 2);
    });

    it('is scaled down to what models take when it is a photo of a phone, as the model states it', async () => {
      const photo = await sharp({ create: { width: 4032, height: 3024, channels: 3, background: '#884422' } })
        .jpeg()
        .toBuffer();
      const { json, status } = await send(form(editing, photo));
      expect(status).toBe(202);
      const job = await stage.jobOf(json.id);
      const copy = await stage.service.visitor().call(String(job.input['image_url']));
      const { width, height } = await sharp(copy.bytes).metadata();
      const bounds = (await ada.get(`/models/${editing.model_id}`)).json.reference_image_bounds;
      expect(bounds).toMatchObject({ max_pixels: 25_000_000, scaled_to_pixels: 8_000_000 });
      expect(width * height).toBeLessThanOrEqual(bounds.scaled_to_pixels);
      expect(width * height).toBeGreaterThan(7_900_000);
      await ada.post(`/generations/${String(json.id)}/cancel`);
      await ada.ended(json.id);
      await ada.remove(`/generations/${String(json.id)}`);
    });

    it('is refused for a model that takes none, missing for one that needs it, and ambiguous twice', async () => {
      const untaken = await send(
        form({ model_id: 'fal-ai/imagen4/preview/ultra', prompt: 'x' }, await image()),
      );
      const missing = await ada.create(editing);
      const twice = await send(
        form({ ...editing, reference_image_url: 'https://example.com/x.png' }, await image()),
      );
      expect(
        [untaken, missing, twice].map(({ status, json }) => [status, json.code, json.errors[0].code]),
      ).toEqual([
        [422, 'validation_failed', 'unsupported'],
        [422, 'validation_failed', 'missing'],
        [422, 'validation_failed', 'ambiguous'],
      ]);
    });

    it.each([
      ['text', () => Promise.resolve(Buffer.from('not a picture at all')), 'reference_refused'],
      [
        'an SVG',
        () => Promise.resolve(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')),
        'reference_refused',
      ],
      [
        'a JPEG of thousands of scans',
        async () =>
          withEmptyScans(
            await sharp(await image())
              .jpeg({ progressive: true })
              .toBuffer(),
            15_000,
          ),
        'reference_refused',
      ],
      ['half a picture', async () => (await image()).subarray(0, 80), 'reference_refused'],
      [
        'a picture bomb',
        () =>
          sharp({ create: { width: 16_000, height: 16_000, channels: 3, background: 'black' } })
            .png({ compressionLevel: 9 })
            .toBuffer(),
        'reference_too_large',
      ],
    ])('refuses one that is %s, and nothing is reserved or stored', async (_title, make, code) => {
      const [before, kept] = [await ada.balance(), objects().length];
      const { status, json } = await send(form(editing, await make()));
      expect([status, json.code]).toEqual([422, code]);
      expect(await ada.balance()).toEqual(before);
      expect(objects()).toHaveLength(kept);
    });

    it.each(['../../x.png', 'x.jpeg', 'x.exe'])(
      'refuses one that is called %s and is a PNG',
      async (name) => {
        const [before, kept] = [await ada.balance(), objects().length];
        const { status, json } = await send(form(editing, await image(), 'reference_image', name));
        expect([status, json.code]).toEqual([422, 'reference_refused']);
        expect(await ada.balance()).toEqual(before);
        expect(objects()).toHaveLength(kept);
      },
    );

    it.each([
      'http://example.com/x.png',
      'https://127.0.0.1/x.png',
      'https://localhost/x.png',
      'https://169.254.169.254/latest/meta-data/',
      'https://[::1]/x.png',
      'https://2130706433/x.png',
      'https://user:secret@example.com/x.png',
      'https://example.com:8443/x.png',
      'file:///etc/passwd',
      'data:image/png;base64,AAAA',
      'not a url',
    ])('does not fetch one at %s', async (url) => {
      const before = await ada.balance();
      const { status, json } = await ada.create({ ...editing, reference_image_url: url });
      expect([status, json.code]).toEqual([422, 'reference_unreachable']);
      expect(await ada.balance()).toEqual(before);
    });

    it.each([
      ['nothing in it', () => form({}, null)],
      ['a file of another name', async () => form(editing, await image(), 'evil')],
      ['a field that nobody knows', () => form({ ...editing, admin: 'true' }, null)],
      ['parameters that are no JSON', () => form({ ...editing, parameters: '{' }, null)],
      [
        'parameters that reach for a prototype',
        () => form({ ...editing, parameters: '{"__proto__":{}}' }, null),
      ],
    ])('answers a form with %s with a 4xx problem', async (_title, make) => {
      const { status, headers } = await send(await make());
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
      expect(headers['content-type']).toContain('application/problem+json');
    });

    it('is accepted by no other route', async () => {
      const { status, json } = await ada.account.visitor.call('/api/v1/auth/login', {
        method: 'POST',
        ...form(editing, await image()),
      });
      expect([status, json.code]).toEqual([415, 'content_type_unsupported']);
    });
  });

  it('writes neither prompt, link nor key into its log', () => {
    const log = stage.service.printed;
    for (const secret of [picture.prompt, 'make it night', stage.fal.key, 'proof=', 'signature='])
      expect(log).not.toContain(secret);
  });

  it('that a stop breaks off is followed by the next start, and has not failed', async () => {
    const { json } = await ada.create(picture);
    const job = await stage.jobOf(json.id);
    await eventually(async () => (await ada.status(json.id)) === 'processing');
    stage.fal.webhooks.fault = 'lost';
    stage.fal.faults.on('status', { kind: 'hang' });
    const asked = stage.fal.faults.met;
    await eventually(() => stage.fal.faults.met > asked);
    expect(await stage.restart()).not.toContain('could not be followed');
    const [row] = await ask<{ failures: number }>(
      stage.service.home,
      'select failures from velro.generations where id = $1',
      [json.id],
    );
    expect(row?.failures).toBe(0);
    stage.fal.faults.clear();
    await stage.fal.complete(job.id);
    const bob = new Customer({ ...ada.account, visitor: stage.service.visitor() });
    await eventually(async () => (await bob.status(json.id)) === 'completed');
  });
});

import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { mediaPolicy } from '../../../config/policy/generations/media.js';
import { Secret } from '../../../config/values/secret.js';
import { MediaServer } from '../../../test/support/http/media-server.js';
import {
  archive,
  marker,
  picture,
  pictureFormats,
  script,
  talkative,
} from '../../../test/support/generations/pictures.js';
import { InProcessDecoder } from '../../../test/support/generations/in-process-decoder.js';
import { brands, mp4, webm } from '../../../test/support/generations/videos.js';
import { DiskStorage } from '../../adapters/disk/disk-storage.js';
import { HttpsFiles } from '../../adapters/https/https-files.js';
import { SystemClock } from '../../adapters/system/system.js';
import { RemoteFileError, RemoteFiles, type FetchRules } from '../../ports/remote-files.js';
import { MediaIntake } from './media-intake.js';

const signal = new AbortController().signal;
const inspected = () => Promise.resolve();

/** Answers every URL with the same bytes, and remembers by which rules it was asked. */
class GivenFiles extends RemoteFiles {
  asked: FetchRules | null = null;
  constructor(private readonly bytes: Buffer) {
    super();
  }
  open(_url: string, rules: FetchRules) {
    this.asked = rules;
    return Promise.resolve({ stream: Readable.from([this.bytes]), contentType: 'text/html', bytes: null });
  }
}

describe('the intake of media', () => {
  let folder: string;
  let server: MediaServer;
  let intake: MediaIntake;
  let storage: DiskStorage;
  const files = new Map<string, { type: string; body: Buffer; cutAt?: number }>();
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'velro-intake-'));
    storage = new DiskStorage(
      folder,
      new Secret(randomBytes(48).toString('hex')),
      new SystemClock(),
      () => '',
    );
    server = await MediaServer.start((request, response) => {
      const file = files.get(request.url ?? '');
      if (file === undefined) {
        response.writeHead(404).end();
        return;
      }
      response.writeHead(200, { 'content-type': file.type, 'content-length': file.body.length });
      if (file.cutAt === undefined) response.end(file.body);
      else response.write(file.body.subarray(0, file.cutAt), () => response.socket?.destroy());
    });
    intake = new MediaIntake(new HttpsFiles(), storage, new InProcessDecoder());
  });
  beforeEach(() => {
    files.clear();
    for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
  });
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  const stem = (): string => `generations/${randomUUID()}/0`;
  const serve = (body: Buffer, type = 'application/octet-stream', cutAt?: number) => {
    const path = `/${randomUUID()}`;
    files.set(path, { body, type, ...(cutAt === undefined ? {} : { cutAt }) });
    return { kind: 'url', url: server.url(path) } as const;
  };
  const store = (media: ReturnType<typeof serve>, expected: 'image' | 'video', key = stem()) =>
    intake.storeResult(media, expected, key, [server.host], signal);
  const stored = (): string[] =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => entry.name);

  it.each(pictureFormats)(
    'stores a fetched picture in %s as it encoded it, whatever its server calls it',
    async (format) => {
      const key = stem();
      const media = await store(serve(await talkative(format), 'text/html'), 'image', key);
      const bytes = readFileSync(join(folder, media.objectKey));
      expect(media).toEqual({
        objectKey: `${key}.${format === 'jpeg' ? 'jpg' : format}`,
        contentType: `image/${format}`,
        width: 64,
        height: 32,
        bytes: bytes.length,
        sha256: createHash('sha256').update(bytes).digest(),
      });
      expect((await sharp(bytes).metadata()).format).toBe(format);
      expect(bytes.includes(marker)).toBe(false);
    },
  );

  it.each([
    ['mp4', 'video/mp4', mp4(2_000_000)],
    ['webm', 'video/webm', webm(2_000_000)],
  ])('stores a fetched video in %s byte for byte', async (extension, contentType, body) => {
    const key = stem();
    const media = await store(serve(body, 'image/png'), 'video', key);
    expect(media).toEqual({
      objectKey: `${key}.${extension}`,
      contentType,
      width: null,
      height: null,
      bytes: body.length,
      sha256: createHash('sha256').update(body).digest(),
    });
    expect(readFileSync(join(folder, media.objectKey)).equals(body)).toBe(true);
  });

  it("stores a provider's bytes of this process", async () => {
    const image = { kind: 'bytes', bytes: await picture('png') } as const;
    const video = { kind: 'bytes', bytes: mp4() } as const;
    expect((await intake.storeResult(image, 'image', stem(), [], signal)).width).toBe(64);
    expect((await intake.storeResult(video, 'video', stem(), [], signal)).bytes).toBe(video.bytes.length);
    expect(stored()).toHaveLength(2);
  });

  it.each<[string, 'image' | 'video', () => Buffer | Promise<Buffer>]>([
    ['a video for a picture', 'image', () => mp4()],
    ['a picture for a video', 'video', () => picture('png')],
    ['a page for a picture', 'image', () => Buffer.from(`<html>${script}`)],
    ['a page for a video', 'video', () => Buffer.from(`<html>${script}`)],
    ['nothing for a picture', 'image', () => Buffer.alloc(0)],
    ['nothing for a video', 'video', () => Buffer.alloc(0)],
    ['half a picture', 'image', async () => (await talkative('jpeg')).subarray(0, -100)],
    ['half a video', 'video', () => mp4().subarray(0, -10)],
    ['a video with an archive behind it', 'video', () => Buffer.concat([mp4(), archive])],
    ['a video with a page in it', 'video', () => Buffer.concat([brands(), Buffer.from(script), mp4()])],
  ])('refuses %s permanently, and stores nothing', async (_what, expected, make) => {
    const body = await make();
    await expect(store(serve(body, 'image/png'), expected)).rejects.toMatchObject({ code: 'media_refused' });
    await expect(
      intake.storeResult({ kind: 'bytes', bytes: body }, expected, stem(), [], signal),
    ).rejects.toMatchObject({ code: 'media_refused' });
    expect(stored()).toEqual([]);
  });

  it('reports a larger file than allowed as too large, declared or not', async () => {
    const much = Buffer.alloc(mediaPolicy.result.maxBytes + 1);
    await expect(store(serve(much), 'image')).rejects.toMatchObject({ code: 'media_too_large' });
    const long = await MediaServer.start((_request, response) => {
      response.writeHead(200, { 'content-length': mediaPolicy.video.maxBytes + 1 }).write(mp4());
    });
    const video = { kind: 'url', url: long.url('/') } as const;
    await expect(intake.storeResult(video, 'video', stem(), [long.host], signal)).rejects.toMatchObject({
      code: 'media_too_large',
    });
    await long.stop();
    const endless = createServer((_request, response) => {
      const more = (): void => {
        while (response.write(much));
        response.once('drain', more);
      };
      more();
    });
    await new Promise<void>((resolve) => endless.listen(0, '127.0.0.1', resolve));
    const address = endless.address();
    const host = `127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
    await expect(
      intake.storeResult({ kind: 'url', url: `http://${host}/` }, 'image', stem(), [host], signal),
    ).rejects.toMatchObject({ code: 'media_too_large' });
    endless.closeAllConnections();
    endless.close();
    await expect(
      intake.storeReference({ bytes: much }, `references/${randomUUID()}`, signal, inspected),
    ).rejects.toMatchObject({
      code: 'media_too_large',
    });
  });

  it.each<['image' | 'video', () => Buffer | Promise<Buffer>]>([
    ['image', () => talkative('png')],
    ['video', () => mp4(500_000)],
  ])('rethrows a connection error of a %s, which may be retried', async (expected, make) => {
    const body = await make();
    for (const cutAt of [0, 10, Math.floor(body.length / 2)]) {
      const attempt = store(serve(body, 'image/png', cutAt), expected);
      await expect(attempt).rejects.toMatchObject({ name: 'RemoteFileError', trouble: 'unreachable' });
    }
    await expect(store({ kind: 'url', url: server.url('/nowhere') }, expected)).rejects.toMatchObject({
      trouble: 'missing',
    });
    await expect(
      intake.storeResult(serve(body), expected, stem(), ['fal.media'], signal),
    ).rejects.toMatchObject({ trouble: 'refused' });
    expect(stored()).toEqual([]);
  });

  it('stores nothing after an abort by the caller', async () => {
    const caller = new AbortController();
    caller.abort(new Error('gone'));
    for (const expected of ['image', 'video'] as const) {
      const media = serve(expected === 'image' ? await picture('png') : mp4());
      await expect(
        intake.storeResult(media, expected, stem(), [server.host], caller.signal),
      ).rejects.toThrow();
    }
    expect(stored()).toEqual([]);
  });

  it('stores a sent reference image without its metadata', async () => {
    const media = await intake.storeReference(
      { bytes: Buffer.concat([await talkative('jpeg', 6), archive]) },
      `references/${randomUUID()}`,
      signal,
      inspected,
    );
    expect(media).toMatchObject({ contentType: 'image/jpeg', width: 32, height: 64 });
    const bytes = readFileSync(join(folder, media.objectKey));
    for (const never of [marker, 'script', 'GPS', 'PK\x03\x04'])
      expect(bytes.includes(never, 0, 'latin1')).toBe(false);
  });

  it('fetches a reference image from public addresses only', async () => {
    const key = `references/${randomUUID()}`;
    for (const url of [
      serve(await picture('png')).url,
      'https://localhost/a.png',
      'https://169.254.169.254/',
    ]) {
      await expect(intake.storeReference({ url }, key, signal, inspected)).rejects.toBeInstanceOf(
        RemoteFileError,
      );
    }
    expect(server.asked.some(({ path }) => files.has(path))).toBe(false);
    const given = new GivenFiles(await picture('webp'));
    const media = await new MediaIntake(given, storage, new InProcessDecoder()).storeReference(
      { url: 'https://a.example.com/' },
      key,
      signal,
      inspected,
    );
    expect(media).toMatchObject({ objectKey: `${key}.webp`, contentType: 'image/webp' });
    expect(given.asked).toEqual({ hosts: 'public', ...mediaPolicy.reference, signal });
  });

  it('buffers and decodes no more pictures at once than the policy allows, and stores all of them', async () => {
    let [open, most] = [0, 0];
    const bytes = await picture('png');
    class CountedFiles extends GivenFiles {
      override async open(url: string, rules: FetchRules) {
        open += 1;
        most = Math.max(most, open);
        await new Promise((resolve) => setTimeout(resolve, 20));
        open -= 1;
        return super.open(url, rules);
      }
    }
    const busy = new MediaIntake(new CountedFiles(bytes), storage, new InProcessDecoder());
    const many = mediaPolicy.references.heldAtOnce + mediaPolicy.references.waiting;
    const ask = () =>
      busy.storeReference({ url: 'https://a.example.com/' }, `references/${randomUUID()}`, signal, inspected);
    const all = Array.from({ length: many }, ask);
    await expect(ask()).rejects.toMatchObject({ name: 'MediaBusy' });
    await Promise.all(all);
    expect(most).toBeLessThanOrEqual(mediaPolicy.references.heldAtOnce);
    expect(stored()).toHaveLength(many);
  });
});

import { randomBytes, randomUUID } from 'node:crypto';
import { appendFileSync, mkdtempSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Catch, Module, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { APP_FILTER, NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Secret } from '../../../config/values/secret.js';
import type { FastifyReply } from 'fastify';
import { Problem } from '../../errors/problem.js';
import { Log } from '../../observability/log.js';
import { SystemClock } from '../system/system.js';
import { DiskStorage } from './disk-storage.js';
import { MediaController } from './media.controller.js';

describe('a signed link of the disk', () => {
  const folder = mkdtempSync(join(tmpdir(), 'velro-links-'));
  const secret = new Secret(randomBytes(48).toString('hex'));
  const storage = new DiskStorage(folder, secret, new SystemClock(), () => '');
  const log = Log.silent();
  let app: NestFastifyApplication;

  /** Status, headers and code: the document of a problem is the perimeter's. */
  @Catch(Problem)
  class Statuses implements ExceptionFilter<Problem> {
    catch(problem: Problem, host: ArgumentsHost): void {
      void host
        .switchToHttp()
        .getResponse<FastifyReply>()
        .code(problem.status)
        .headers({ ...problem.parts.headers })
        .send({ code: problem.code });
    }
  }

  @Module({
    controllers: [MediaController],
    providers: [
      { provide: DiskStorage, useValue: storage },
      { provide: Log, useValue: log },
      { provide: APP_FILTER, useClass: Statuses },
    ],
  })
  class Links {}

  const sign = async (key: string, seconds: number, bytes: number | null = null): Promise<string> => {
    const [signed] = await storage.signedUrls([{ key, bytes }], seconds);
    return signed?.url ?? '';
  };

  beforeAll(async () => {
    app = await NestFactory.create<NestFastifyApplication>(Links, new FastifyAdapter(), { logger: false });
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
  });
  afterAll(async () => {
    await app.close();
    rmSync(folder, { recursive: true });
  });

  it.each([
    ['generations/a-1/0.mp4', 'video/mp4'],
    ['references/b-2.png', 'image/png'],
    ['uploads/c-3.jpg', 'image/jpeg'],
    ['generations/d-4/1.webm', 'video/webm'],
  ])('serves the object %p', async (key, type) => {
    const body = randomBytes(1000);
    await storage.put(key, body);
    const answer = await app.inject(await sign(key, 60));
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, type]);
    expect(answer.rawPayload.equals(body)).toBe(true);
    expect((await app.inject(`/media/${key}`)).statusCode).not.toBe(200);
  });

  const bytes = randomBytes(1000);
  const stored = async (seconds = 60) => {
    const key = `generations/${randomUUID()}/0.mp4`;
    await storage.put(key, bytes);
    return { key, url: await sign(key, seconds, bytes.length) };
  };
  const get = (url: string, headers: Record<string, string> = {}, method: 'GET' | 'HEAD' = 'GET') =>
    app.inject({ method, url, headers });

  it.each([
    ['bytes=0-99', 206, 'bytes 0-99/1000', [0, 100]],
    ['bytes=990-', 206, 'bytes 990-999/1000', [990, 1000]],
    ['bytes=-10', 206, 'bytes 990-999/1000', [990, 1000]],
    ['bytes=0-5000', 206, 'bytes 0-999/1000', [0, 1000]],
    ['bytes=2000-', 416, 'bytes */1000', [0, 0]],
    ['pages=1-2', 200, undefined, [0, 1000]],
    ['bytes=0-1,5-6', 200, undefined, [0, 1000]],
  ] as const)('answers the range %s with %i', async (range, status, contentRange, [from, to]) => {
    const answer = await get((await stored()).url, { range });
    expect([answer.statusCode, answer.headers['content-range']]).toEqual([status, contentRange]);
    if (status === 416) expect(answer.json()).toEqual({ code: 'range_unsatisfiable' });
    else expect(answer.rawPayload.equals(bytes.subarray(from, to))).toBe(true);
  });

  it('is not sent again to a browser that has it, and has no body for HEAD', async () => {
    const { url } = await stored();
    const first = await get(url);
    const etag = String(first.headers.etag);
    expect([first.headers['accept-ranges'], etag.length]).toEqual(['bytes', expect.any(Number)]);
    const again = await get(url, { 'if-none-match': etag });
    expect([again.statusCode, again.rawPayload.length]).toEqual([304, 0]);
    const head = await get(url, {}, 'HEAD');
    expect([head.statusCode, head.headers['content-length'], head.rawPayload.length]).toEqual([
      200,
      '1000',
      0,
    ]);
  });

  it('is a problem, and no page, for a client that has another object', async () => {
    const answer = await get((await stored()).url, { 'if-match': '"another"' });
    expect([answer.statusCode, answer.json()]).toEqual([412, { code: 'precondition_failed' }]);
  });

  it.each([
    [60, 60],
    [3600, 300],
  ])('of %i seconds is cached no longer than it is good, nor than %i seconds', async (seconds, most) => {
    const answer = await get((await stored(seconds)).url);
    const [, age] = /max-age=(\d+)/.exec(String(answer.headers['cache-control'])) ?? [];
    expect(Number(age)).toBeLessThanOrEqual(most);
    expect(Number(age)).toBeGreaterThan(most - 10);
  });

  it.each<[string, (path: string) => void]>([
    [
      'cut to fifty bytes',
      (path) => {
        truncateSync(path, 50);
      },
    ],
    [
      'emptied',
      (path) => {
        truncateSync(path, 0);
      },
    ],
    [
      'grown',
      (path) => {
        appendFileSync(path, 'x');
      },
    ],
    [
      'removed',
      (path) => {
        rmSync(path);
      },
    ],
  ])('is 410 for an object that was %s, not another picture', async (_title, harm) => {
    const { key, url } = await stored();
    const told = jest.spyOn(log, 'error');
    harm(join(folder, key));
    const answer = await get(url);
    expect(answer.statusCode).toBe(410);
    expect(told).toHaveBeenCalledTimes(_title === 'removed' ? 0 : 1);
    told.mockRestore();
  });

  it('does not open for another size than it was signed for', async () => {
    const { url } = await stored();
    expect((await get(url.replace('bytes=1000', 'bytes=50'))).statusCode).toBe(403);
    expect((await get(url.replace('&bytes=1000', ''))).statusCode).toBe(403);
  });

  it.each([
    'secrets.json',
    '.parts/x.part',
    'generations/..%2f..%2fsecrets.json',
    'generations/%2e%2e/x.png',
    'a/b/c/d.png',
  ])('does not serve %p', async (path) => {
    const link = new URL(await sign('generations/a-1/0.mp4', 60), 'http://localhost');
    expect((await app.inject(`/media/${path}${link.search}`)).statusCode).not.toBe(200);
  });
});

import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Secret } from '../../../config/values/secret.js';
import { ObjectStorage } from '../../ports/object-storage.js';
import { SystemClock } from '../system/system.js';
import { DiskStorage } from './disk-storage.js';
import { MediaController } from './media.controller.js';

describe('a signed link of the disk', () => {
  const folder = mkdtempSync(join(tmpdir(), 'velro-links-'));
  const secret = new Secret(randomBytes(48).toString('hex'));
  const storage = new DiskStorage(folder, secret, new SystemClock(), () => '');
  let app: NestFastifyApplication;

  @Module({
    controllers: [MediaController],
    providers: [{ provide: ObjectStorage, useValue: storage }],
  })
  class Links {}

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
    const answer = await app.inject(await storage.signedUrl(key, 60));
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, type]);
    expect(answer.rawPayload.equals(body)).toBe(true);
    expect((await app.inject(`/media/${key}`)).statusCode).not.toBe(200);
  });

  it.each([
    'secrets.json',
    '.parts/x.part',
    'generations/..%2f..%2fsecrets.json',
    'generations/%2e%2e/x.png',
    'a/b/c/d.png',
  ])('does not serve %p', async (path) => {
    const link = new URL(await storage.signedUrl('generations/a-1/0.mp4', 60), 'http://localhost');
    expect((await app.inject(`/media/${path}${link.search}`)).statusCode).not.toBe(200);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { gunzipSync } from 'node:zlib';
import { Service, signUp } from '../support/process/service.js';

const catalogues = [
  '/api/v1/models',
  '/api/v1/models/velro/canvas',
  '/api/v1/models/velro%2Fcanvas',
  '/api/v1/agents',
];
const never = ['/api/v1/auth/me', '/api/v1/credits/balance', '/health', '/api/v1/models/none', '/nowhere'];
const assets = ['/docs-json', '/privacy/style.css', '/.well-known/gpc.json'];

let service: Service;
let token = '';
const ask = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  service.visitor().call(path, { method, token, headers });

describe('where answers may be kept', () => {
  beforeAll(async () => {
    service = await Service.start({ CACHE_ENABLED: 'true' });
    ({ token } = await signUp(service));
  });
  afterAll(async () => {
    await service.discard();
  });

  it.each(catalogues)('%s has a tag, and is asked for again each time', async (path) => {
    const { status, headers } = await ask(path);
    expect([status, headers['cache-control'], headers.etag]).toEqual([
      200,
      'private, no-cache',
      expect.stringMatching(/^W\/"[\w-]{22}"$/),
    ]);
  });

  it.each(catalogues)(
    '%s is 304 without a body for who names its tag, however it is compressed',
    async (path) => {
      const tag = String((await ask(path)).headers.etag);
      for (const given of [tag, tag.slice(2), `"other", ${tag}`, '*'])
        for (const encoding of ['gzip', 'identity']) {
          const again = await ask(path, { 'if-none-match': given, 'accept-encoding': encoding });
          expect([
            again.status,
            again.bytes.length,
            again.headers.etag,
            again.headers['content-type'],
          ]).toEqual([304, 0, tag, undefined]);
          expect(again.headers['content-security-policy']).toBeDefined();
        }
    },
  );

  it('has one tag for an answer as it is and compressed', async () => {
    const [plain, zipped] = [
      await ask('/api/v1/models/velro/canvas', { 'accept-encoding': 'identity' }),
      await ask('/api/v1/models/velro/canvas', { 'accept-encoding': 'gzip' }),
    ];
    expect(zipped.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(zipped.bytes).equals(plain.bytes)).toBe(true);
    expect(zipped.headers.etag).toBe(plain.headers.etag);
  });

  it('answers whole to who names another tag, none, or too many', async () => {
    for (const given of ['"other"', '', 'W/', ',,,', `${'"x",'.repeat(200)}"y"`])
      expect((await ask('/api/v1/models', { 'if-none-match': given })).status).toBe(200);
  });

  it('gives no 304 to who may not ask', async () => {
    const tag = String((await ask('/api/v1/models')).headers.etag);
    const { status, headers } = await service
      .visitor()
      .call('/api/v1/models', { headers: { 'if-none-match': tag } });
    expect([status, headers['cache-control'], headers.etag]).toEqual([401, 'no-store', undefined]);
  });

  it('has the tag in the answer to HEAD', async () => {
    const { headers } = await ask('/api/v1/models', {}, 'HEAD');
    expect(headers.etag).toBe((await ask('/api/v1/models')).headers.etag);
  });

  it.each(never)('%s is never kept', async (path) => {
    const { headers } = await ask(path, { 'if-none-match': '*' });
    expect([headers['cache-control'], headers.etag]).toEqual(['no-store', undefined]);
  });
});

describe('where nothing may be kept', () => {
  beforeAll(async () => {
    service = await Service.start({ CACHE_ENABLED: 'false' });
    ({ token } = await signUp(service));
  });
  afterAll(async () => {
    await service.discard();
  });

  it.each([...catalogues, ...assets])('%s is no-store without a tag, and never 304', async (path) => {
    const { status, headers } = await ask(path, { 'if-none-match': '*' });
    expect([status, headers['cache-control'], headers.etag, headers['last-modified']]).toEqual([
      200,
      'no-store',
      undefined,
      undefined,
    ]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { gunzipSync } from 'node:zlib';
import { Service, signUp } from '../support/process/service.js';

describe('compression, where it is enabled', () => {
  let service: Service;
  beforeAll(async () => {
    service = await Service.start({ COMPRESSION_ENABLED: 'true' });
  });
  afterAll(async () => {
    await service.discard();
  });
  const ask = (path: string, token?: string) =>
    service.visitor().call(path, {
      headers: { 'accept-encoding': 'gzip' },
      ...(token === undefined ? {} : { token }),
    });

  it('shortens a long answer, which still has every header', async () => {
    const { headers, bytes } = await ask('/docs-json');
    expect(headers['content-encoding']).toBe('gzip');
    expect(JSON.parse(gunzipSync(bytes).toString())).toMatchObject({ openapi: expect.any(String) });
    expect(headers['content-security-policy']).toContain("default-src 'self'");
  });

  it('is never applied to an answer with secrets', async () => {
    const { token, visitor } = await signUp(service);
    for (let at = 0; at < 12; at++)
      await visitor.call('/api/v1/api-keys', {
        token,
        body: { name: `key ${at} ${'x'.repeat(80)}`, scopes: ['account:read'] },
      });
    const keys = await ask('/api/v1/api-keys', token);
    expect([keys.status, keys.bytes.length > 1024, keys.headers['content-encoding']]).toEqual([
      200,
      true,
      undefined,
    ]);
    // The secret of a second factor, as text and as picture.
    const enrolment = await visitor.call('/api/v1/auth/mfa/enroll', {
      method: 'POST',
      token,
      headers: { 'accept-encoding': 'gzip' },
    });
    expect([enrolment.status, enrolment.bytes.length > 1024, enrolment.headers['content-encoding']]).toEqual([
      200,
      true,
      undefined,
    ]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { operatorOf } from '../support/accounts/operator.js';
import { Service, signUp } from '../support/process/service.js';
import { sharedService } from '../support/services/shared-service.js';

const paths = ['/debug/config', '/debug/routes'];

describe('with the modes of development', () => {
  let service: Service;
  beforeAll(async () => {
    service = await sharedService();
  });
  afterAll(async () => {
    await service.discard();
  });

  it('the debug routes show the operator the configuration, without a secret in the clear, and the routes', async () => {
    const headers = operatorOf(service);
    const config = await service.visitor().call('/debug/config', { headers });
    expect([config.status, config.json.environment, config.json.debug.endpoints]).toEqual([
      200,
      'test',
      true,
    ]);
    const secrets = JSON.parse(readFileSync(join(service.home, 'secrets.json'), 'utf8')) as Record<
      string,
      string
    >;
    expect(Object.values(secrets).length).toBeGreaterThan(4);
    for (const secret of Object.values(secrets)) expect(config.text).not.toContain(secret);
    const { json } = await service.visitor().call('/debug/routes', { headers });
    expect(json.data).toContainEqual(
      expect.objectContaining({ method: 'POST', path: '/api/v1/auth/login', limit: 'auth_login' }),
    );
  });

  it.each(paths)('%s is closed to users and unauthenticated requests', async (path) => {
    const { visitor, token } = await signUp(service);
    for (const headers of [{}, { authorization: `Bearer ${token}` }]) {
      const { status, json } = await visitor.call(path, { headers });
      expect([status, json.code]).toEqual([401, 'operator_credentials_invalid']);
    }
  });
});

describe('without the modes of development', () => {
  let service: Service;
  beforeAll(async () => {
    service = await Service.start({ ENABLE_DEBUG_ENDPOINTS: 'false', DEVELOPMENT_MODE: 'false' });
  });
  afterAll(async () => {
    await service.discard();
  });

  it.each(paths)('there is no %s', async (path) => {
    expect((await service.visitor().call(path, { headers: operatorOf(service) })).status).toBe(404);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ask } from '../support/database/database.js';
import { Service, signUp, type Account } from '../support/process/service.js';
import { until } from '../support/process/wait-until.js';

describe('a service whose database takes no writes', () => {
  let service: Service;
  let account: Account;
  beforeAll(async () => {
    service = await Service.start();
    account = await signUp(service);
  });
  afterAll(async () => {
    await service.discard();
  });

  const setReadOnly = async (on: boolean): Promise<void> => {
    await ask(service.home, `alter role velro_app set default_transaction_read_only = ${on ? 'on' : 'off'}`);
    await ask(
      service.home,
      "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'velro_app'",
    );
  };
  const ready = () => service.visitor().call('/health/ready');
  const rename = () =>
    account.visitor.call('/api/v1/auth/profile', {
      method: 'PUT',
      token: account.token,
      body: { full_name: 'Ada' },
    });

  it('is not ready, reads on, and answers writes with 503 and a time to retry, until it takes them again', async () => {
    expect((await ready()).json).toMatchObject({ status: 'ready', writes: 'up' });
    await setReadOnly(true);
    await until(async () => {
      const { status, json } = await ready();
      return status === 503 && json.writes === 'down' && json.database === 'up';
    }, 'a readiness that knows of it');
    await until(async () => {
      const refused = await rename();
      return refused.status === 503 && refused.headers['retry-after'] === '10';
    }, 'a refused write');
    const read = await account.visitor.call('/api/v1/credits/balance', { token: account.token });
    expect(read.status).toBe(200);
    await setReadOnly(false);
    await until(async () => (await rename()).status === 200, 'a write');
    await until(async () => (await ready()).status === 200, 'readiness');
  });
});

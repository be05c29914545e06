import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { webhookPolicy } from '../../config/policy/operations/webhook-endpoints.js';
import { ask } from '../support/database/database.js';
import { hostile, WebhookReceiver } from '../support/http/webhook-receiver.js';
import { Service, signUp, type Account } from '../support/process/service.js';
import { until } from '../support/process/wait-until.js';

const base = '/api/v1/webhook-endpoints';
const env = { ALLOW_LOOSER_LIMITS: 'true', RATE_LIMIT_API_STANDARD: '100000/minute' };

describe('webhooks of several accounts', () => {
  let service: Service;
  let receiver: WebhookReceiver;
  beforeAll(async () => {
    [service, receiver] = await Promise.all([Service.start(env), WebhookReceiver.start()]);
  });
  afterAll(async () => {
    await Promise.all([service.discard(), receiver.stop()]);
  });

  const call = (of: Account, path: string, body: object) =>
    service.visitor().call(`${base}${path}`, { method: 'POST', token: of.token, body });
  const create = async (of: Account, url: string): Promise<string> =>
    String((await call(of, '', { url, event_types: ['generation.completed'] })).json.id);

  it('are delivered while two others have forty endpoints that hang, each of which holds four workers at most', async () => {
    const accounts = await Promise.all([signUp(service), signUp(service)]);
    const paths = accounts.map(() => `/${randomUUID()}`);
    for (const [at, account] of accounts.entries()) {
      const url = receiver.at(paths[at] ?? '', hostile.hangs);
      const ids = [];
      for (let made = 0; made < webhookPolicy.perUser; made++) ids.push(await create(account, url));
      await Promise.all(ids.map((id) => call(account, `/${id}/test`, {})));
    }
    await Promise.all(paths.map((path) => receiver.until(path, webhookPolicy.perAccountAtOnce)));
    const ada = await signUp(service);
    const id = await create(ada, receiver.at('/ada'));
    await call(ada, `/${id}/test`, {});
    await receiver.until('/ada');
    const taken = await ask(
      service.home,
      `select user_id, count(*)::int as count from velro.webhook_endpoints where lease is not null and work_at > now() group by user_id`,
    );
    for (const { count } of taken) expect(count).toBeLessThanOrEqual(webhookPolicy.perAccountAtOnce);
  });

  it('of an endpoint whose secret is sealed under another key wait, without an attempt', async () => {
    const ada = await signUp(service);
    const id = await create(ada, receiver.at('/sealed'));
    const sealed = randomBytes(60).toString('hex');
    await ask(
      service.home,
      `update velro.webhook_endpoints set secret_sealed = '\\x${sealed}' where id = '${id}'`,
    );
    await call(ada, `/${id}/test`, {});
    const state = () =>
      ask(
        service.home,
        `select e.unreadable_since is not null as left, e.lease is null as free, d.attempts, d.state from velro.webhook_endpoints e
         join velro.webhook_deliveries d on d.endpoint_id = e.id where e.id = '${id}'`,
      );
    const isLeft = async () => (await state()).every(({ left, free }) => left === true && free === true);
    await until(isLeft, 'the instance that leaves it');
    expect(await state()).toEqual([{ left: true, free: true, attempts: 0, state: 'waiting' }]);
    expect(receiver.of('/sealed')).toEqual([]);
  });
});

import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generationPolicy } from '../../config/policy/generations/generations.js';
import { ask } from '../support/database/database.js';
import { Customer, eventually, FalService, falEnvironment } from '../support/fal/fal-service.js';
import { operatorOf } from '../support/accounts/operator.js';
import { startSecond } from '../support/process/second-instance.js';
import { Service, signUp } from '../support/process/service.js';

const order = { model_id: 'fal-ai/flux-pro/v1.1-ultra', prompt: 'fog over a harbour' };

describe('the kill switch', () => {
  let stage: FalService;
  let ada: Customer;
  beforeAll(async () => {
    stage = await FalService.start();
    ada = new Customer(await stage.signUp());
  });
  afterAll(async () => {
    await stage.stop();
  });

  const toggle = (body: unknown, service = stage.service) =>
    service.visitor().call('/ops/ai/toggle', { body, headers: operatorOf(service) });
  const status = async (service = stage.service) =>
    (await service.visitor().call('/ops/ai/status', { headers: operatorOf(service) })).json;

  it('answers with its new and its previous state', async () => {
    expect((await toggle({ enabled: false })).json).toEqual({
      ai_enabled: false,
      previous_state: true,
      changed: true,
    });
    expect((await toggle({ enabled: false })).json).toEqual({
      ai_enabled: false,
      previous_state: false,
      changed: false,
    });
    expect(await status()).toMatchObject({
      ai_enabled: false,
      switch: false,
      allowed_by_configuration: true,
      routing: { generations: 'fal' },
    });
    expect((await toggle({ enabled: true })).json).toEqual({
      ai_enabled: true,
      previous_state: false,
      changed: true,
    });
  });

  it('refuses new generations with 503, charges no credit, and lets running ones finish', async () => {
    const running = await ada.create(order);
    const job = await stage.jobOf(running.json.id);
    await toggle({ enabled: false });
    const before = await ada.balance();
    const refused = await ada.create(order);
    expect([refused.status, refused.json.code, refused.headers['retry-after']]).toEqual([
      503,
      'ai_disabled',
      '60',
    ]);
    expect(await ada.balance()).toEqual(before);
    await stage.fal.complete(job.id);
    await stage.fal.call(job.id);
    expect((await ada.ended(running.json.id)).status).toBe('completed');
    expect((await stage.service.visitor().call('/health')).json.status).toBe('healthy');
    await toggle({ enabled: true });
  });

  it('keeps generations accepted before it queued, and submits them once it is on again', async () => {
    await stage.fal.queueHost.refuse();
    const { json } = await ada.create(order);
    await eventually(async () => (await ada.status(json.id)) === 'queued');
    await toggle({ enabled: false });
    await stage.fal.queueHost.accept();
    await ask(stage.service.home, "update velro.generations set due_at = now() where status = 'queued'");
    const taken = () =>
      ask(stage.service.home, 'select status, attempts from velro.generations where id = $1', [json.id]);
    const before = await taken();
    // For three looks at what waits it is not even taken.
    await sleep(2 * generationPolicy.idleTickMs);
    expect([await taken(), stage.submitsOf(json.id)]).toEqual([before, 0]);
    await toggle({ enabled: true });
    const job = await stage.jobOf(json.id);
    await stage.fal.complete(job.id);
    await stage.fal.call(job.id);
    expect((await ada.ended(json.id)).status).toBe('completed');
  });

  it('holds on a second instance at once, and after a restart', async () => {
    const home = stage.service.home;
    const second = await startSecond(stage.service, falEnvironment(stage.fal));
    try {
      expect((await status(second)).ai_enabled).toBe(true);
      await toggle({ enabled: false });
      expect((await status(second)).ai_enabled).toBe(false);
      const { visitor, token } = ada.account;
      const there = second.visitor(visitor.address);
      const refused = await there.call('/api/v1/generations', { token, body: order });
      expect([refused.status, refused.json.code]).toEqual([503, 'ai_disabled']);
    } finally {
      await second.discard();
    }
    await stage.service.kill();
    const again = await Service.start(falEnvironment(stage.fal), home);
    try {
      expect((await status(again)).ai_enabled).toBe(false);
      expect((await again.visitor().call('/health')).json.ai_status).toBe('disabled');
      const bob = new Customer(await signUp(again));
      expect((await bob.create(order)).json.code).toBe('ai_disabled');
      await toggle({ enabled: true }, again);
      expect((await bob.create(order)).status).toBe(202);
    } finally {
      await again.discard();
    }
  });
});

describe('the body of the kill switch', () => {
  let service: Service;
  beforeAll(async () => {
    service = await Service.start();
  });
  afterAll(async () => {
    await service.discard();
  });

  it.each([
    ['nothing', undefined],
    ['an empty object', {}],
    ['a word', { enabled: 'false' }],
    ['a number', { enabled: 0 }],
    ['null', { enabled: null }],
    ['a list', [false]],
    ['a bare false', false],
    ['one member more', { enabled: false, force: true }],
    ['another member', { ai_enabled: false }],
  ])('gets 400 and changes nothing when it is %s', async (_title, body) => {
    const headers = operatorOf(service);
    const answer = await service.visitor().call('/ops/ai/toggle', {
      method: 'POST',
      headers,
      ...(body === undefined ? {} : { body }),
    });
    expect([answer.status, answer.json.code]).toEqual([400, 'switch_invalid']);
    expect((await service.visitor().call('/ops/ai/status', { headers })).json.ai_enabled).toBe(true);
  });

  it('is accepted from an operator only', async () => {
    const answer = await service.visitor().call('/ops/ai/toggle', { body: { enabled: false } });
    expect([answer.status, answer.json.code]).toEqual([401, 'operator_credentials_invalid']);
  });
});

describe('AI_ENABLED=false', () => {
  it('cannot be switched on by a request, and calls no provider', async () => {
    const stage = await FalService.start({}, { AI_ENABLED: 'false' });
    try {
      const headers = operatorOf(stage.service);
      const on = await stage.service.visitor().call('/ops/ai/toggle', { body: { enabled: true }, headers });
      expect([on.status, on.json.code]).toEqual([409, 'ai_disabled_by_configuration']);
      const ada = new Customer(await stage.signUp());
      expect((await ada.create(order)).json.code).toBe('ai_disabled');
      expect((await stage.service.visitor().call('/ops/ai/status', { headers })).json).toMatchObject({
        ai_enabled: false,
        allowed_by_configuration: false,
      });
      expect(stage.fal.jobs.all).toEqual([]);
    } finally {
      await stage.stop();
    }
  });
});

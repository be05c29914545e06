import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ask } from '../support/database/database.js';
import { Customer, FalService } from '../support/fal/fal-service.js';

const order = { model_id: 'fal-ai/flux-pro/v1.1-ultra', prompt: 'a lighthouse over a violet sea' };

describe('a generation that is finished at the provider when its deadline has passed here', () => {
  let stage: FalService;
  let ada: Customer;
  beforeAll(async () => {
    stage = await FalService.start();
    ada = new Customer(await stage.signUp());
  });
  afterEach(() => {
    stage.fal.faults.clear();
  });
  afterAll(async () => {
    await stage.stop();
  });

  const finishedLate = async (): Promise<string> => {
    const { json } = await ada.create(order);
    const job = await stage.jobOf(json.id);
    await stage.fal.complete(job.id);
    await ask(
      stage.service.home,
      "update velro.generations set deadline_at = now() - interval '1 hour' where id = $1",
      [json.id],
    );
    await stage.fal.call(job.id);
    return json.id;
  };

  it.each(['status', 'result', 'media'] as const)(
    'is completed though the first two calls for its %s break',
    async (operation) => {
      stage.fal.faults.on(operation, { kind: 'reset', when: 'before' }, 2);
      expect((await ada.ended(await finishedLate())).status).toBe('completed');
    },
  );

  it('fails and is refunded when the connections keep breaking', async () => {
    const before = await ada.balance();
    stage.fal.faults.on('media', { kind: 'reset', when: 'before' });
    expect(await ada.ended(await finishedLate())).toMatchObject({
      status: 'failed',
      error: { code: 'provider_unavailable' },
    });
    expect(await ada.balance()).toEqual(before);
  });
});

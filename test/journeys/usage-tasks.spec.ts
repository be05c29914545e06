import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ask, unbalanced } from '../support/database/database.js';
import { Service, signUp } from '../support/process/service.js';
import { until } from '../support/process/wait-until.js';

describe('a started service', () => {
  let service: Service;
  beforeAll(async () => {
    service = await Service.start({ DEFAULT_USER_CREDITS: '20', MONTHLY_USER_CREDITS: '30' });
  });
  afterAll(async () => {
    expect(await ask(service.home, unbalanced)).toEqual([]);
    await service.discard();
  });

  it('gives the credits of a month to an account that has none of it, and to no new one', async () => {
    const [ada, eve] = [await signUp(service), await signUp(service)];
    await ask(service.home, "update velro.users set granted_month = '2026-01' where id = $1", [ada.id]);
    const balance = async (who: typeof ada) =>
      (await who.visitor.call('/api/v1/credits/balance', { token: who.token })).json.balance as number;
    await until(async () => (await balance(ada)) === 50, 'the credits of the month');
    expect(await balance(eve)).toBe(20);
  });

  it('tells of somebody who uses far more than on their usual day', async () => {
    const ada = await signUp(service);
    await ask(
      service.home,
      `insert into velro.usage_days
        (day, user_id, model, calls, estimated_calls, prompt_tokens, cached_tokens, output_tokens, thought_tokens, cost_microusd, credits)
       select (now() at time zone 'UTC')::date - n, $1, 'some', 1, 0, 0, 0, 0, 0, 0, case n when 0 then 500 else 10 end
       from generate_series(0, 5) n`,
      [ada.id],
    );
    const body = { model_id: 'velro/canvas', prompt: 'fog', parameters: { width: 256, height: 256 } };
    const { json } = await ada.visitor.call('/api/v1/generations', { token: ada.token, body });
    await ada.visitor.events(`/api/v1/generations/${String(json.id)}/events`, ada.token);
    const told = () =>
      service.lines().filter(({ msg, user_id: of }) => of === ada.id && msg.includes('USAGE unusual rise'));
    await until(() => told().length > 0, 'the event');
    expect(told()).toMatchObject([{ threat_level: 'MEDIUM', credits: 501 }]);
  });
});

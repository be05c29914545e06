import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ask } from '../support/database/database.js';
import { Customer } from '../support/fal/fal-service.js';
import { faultRounds } from '../support/generations/fault-kills.js';
import { Service, signUp } from '../support/process/service.js';
import { until } from '../support/process/wait-until.js';

/** Fifty thousand in full. */
const many = faultRounds(60) * 50;

describe('somebody with very many generations', () => {
  let service: Service;
  let ada: Customer;
  let project: string;
  beforeAll(async () => {
    service = await Service.start({ RATE_LIMIT_API_STANDARD: '100000/minute' });
    ada = new Customer(await signUp(service));
    project = String((await ada.post('/projects', { name: 'everything' })).json.id);
    await ask(
      service.home,
      `insert into velro.generations (id, user_id, model_id, prompt, credits_cost, status, project_id, deadline_at, due_at)
       select gen_random_uuid(), $1, 'velro/canvas', 'fog', 3,
         (array['completed', 'failed', 'cancelled'])[1 + n % 3], $2, now(), now()
       from generate_series(1, $3::int) n`,
      [ada.account.id, project, many],
    );
  });
  afterAll(async () => {
    await service.discard();
  });

  it('is told sums that are kept as they change', async () => {
    const { json } = await ada.get('/generations/stats');
    expect([json.total, json.credits_spent]).toEqual([many, 3 * json.by_status.completed]);
    expect(json.by_model).toEqual({ 'velro/canvas': many });
    expect((await ada.get(`/projects/${project}`)).json.generations_count).toBe(many);
    // Told from the sums, and not from the rows: of a sum that is made wrong the answer is wrong too.
    const bend = (by: number) =>
      ask(
        service.home,
        "update velro.generation_sums set count = count + $2 where user_id = $1 and status = 'failed'",
        [ada.account.id, by],
      );
    await bend(5);
    expect((await ada.get('/generations/stats')).json.total).toBe(many + 5);
    await bend(-5);
  });

  it('has sums that follow what is made, ends and is deleted', async () => {
    interface Stats {
      readonly total: number;
      readonly by_status: { readonly completed: number };
    }
    const before = (await ada.get('/generations/stats')).json as Stats;
    const order = { model_id: 'velro/canvas', prompt: 'fog', parameters: { width: 256, height: 256 } };
    const { json } = await ada.create({ ...order, project_id: project });
    await ada.ended(json.id);
    const after = (await ada.get('/generations/stats')).json as Stats;
    expect([after.total, after.by_status.completed]).toEqual([
      before.total + 1,
      before.by_status.completed + 1,
    ]);
    expect((await ada.get(`/projects/${project}`)).json.generations_count).toBe(many + 1);
    const storage = (await ada.get('/storage/stats')).json;
    expect(storage.by_kind.result.files).toBe(1);
    expect((await ada.get('/credits/stats')).json).toMatchObject({ spent: 1, spent_30_days: 1 });
    expect((await ada.remove(`/generations/${String(json.id)}`)).status).toBe(204);
    expect((await ada.get('/generations/stats')).json).toEqual(before);
    expect((await ada.get('/storage/stats')).json.by_kind.result).toEqual({ files: 0, bytes: 0 });
  });

  it('deletes a project at once; its generations are detached behind the answer and stay', async () => {
    expect((await ada.remove(`/projects/${project}`)).status).toBe(204);
    expect((await ada.get(`/projects/${project}`)).status).toBe(404);
    expect((await ada.remove(`/projects/${project}`)).status).toBe(404);
    expect((await ada.get('/projects')).json.data).toEqual([]);
    const [first] = (await ada.get('/generations?limit=1')).json.data as { project_id: unknown }[];
    expect(first?.project_id).toBeNull();
    const refused = await ada.create({ model_id: 'velro/canvas', prompt: 'fog', project_id: project });
    expect([refused.status, refused.json.code]).toEqual([422, 'project_unknown']);
    await until(
      async () =>
        (await ask(service.home, 'select 1 from velro.projects where id = $1', [project])).length === 0,
      'the end of the project',
    );
    const [left] = await ask<{ n: number }>(
      service.home,
      'select count(*)::int as n from velro.generations where user_id = $1 and project_id is null',
      [ada.account.id],
    );
    expect(left?.n).toBe(many);
    expect((await ada.get(`/projects/${randomUUID()}`)).status).toBe(404);
  });
});

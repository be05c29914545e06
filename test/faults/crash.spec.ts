import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { ask, unbalanced } from '../support/database/database.js';
import { faultKills } from '../support/generations/fault-kills.js';
import { EmbeddedFolders } from '../support/process/embedded-folder.js';
import { until } from '../support/process/wait-until.js';
import { Service, signUp, type Account } from '../support/process/service.js';

/** Each costs a start; a few hundred are for the spec of generations. */
const kills = Math.min(faultKills(3), 9);
const order = {
  model_id: 'velro/canvas',
  prompt: 'a storm over a harbour',
  parameters: { width: 768, height: 768 },
};

describe('a service that is killed -9 while it works', () => {
  const folders = new EmbeddedFolders();
  const home = folders.prepared();
  const accepted: string[] = [];
  let interrupted = 0;
  let service: Service;
  let ada: Account;
  beforeAll(async () => {
    service = await Service.start({}, home);
    ada = await signUp(service);
  });
  afterAll(async () => {
    await service.discard();
    await folders.remove();
  });
  const call = (path: string) => service.visitor().call(path, { token: ada.token });
  const statusOf = async (id: string): Promise<string> =>
    (await call(`/api/v1/generations/${id}`)).json.status;
  /** As often as one likes: nobody counts here. */
  const storedStatusOf = async (id: string): Promise<string | undefined> =>
    (await ask<{ status: string }>(home, 'select status from velro.generations where id = $1', [id]))[0]
      ?.status;

  it(`finishes after ${kills} kills every generation that it accepted, each once`, async () => {
    for (let round = 0; round < kills; round++) {
      const visitor = service.visitor();
      const create = (key: string) =>
        visitor.call('/api/v1/generations', {
          token: ada.token,
          body: order,
          headers: { 'idempotency-key': key },
        });
      // A service that has just started on a busy machine may say 503; the same key asks for the same generation.
      const key = randomUUID();
      let first = await create(key);
      for (let attempt = 0; first.status === 503 && attempt < 50; attempt++) {
        await new Promise((resolve) => setTimeout(resolve, 200));
        first = await create(key);
      }
      expect(first.status).toBe(202);
      accepted.push(first.json.id);
      // One more is under way when the kill comes: whether it was accepted only the database knows.
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 1200));
      const last = create(randomUUID()).then(
        ({ status, json }) => (status === 202 ? accepted.push(json.id) : 0),
        () => 0,
      );
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 60));
      await service.kill();
      await last;
      interrupted += (
        await ask(home, `select 1 from velro.generations where status in ('submitting', 'processing')`)
      ).length;
      service = await Service.start({}, home);
    }
    expect(interrupted).toBeGreaterThan(0);

    await until(
      async () =>
        (await ask(home, `select 1 from velro.generations where status <> 'completed'`)).length === 0,
      'an end of all generations',
    );
    for (const id of accepted) expect([id, await statusOf(id)]).toEqual([id, 'completed']);
  });

  it('serves each picture by its link', async () => {
    for (const id of accepted) {
      const [media] = (await call(`/api/v1/generations/${id}`)).json.media;
      const picture = await service.visitor().call(media.url);
      expect([picture.status, picture.bytes.length]).toEqual([200, media.bytes]);
      expect(await sharp(picture.bytes).metadata()).toMatchObject({ format: 'png', width: 768, height: 768 });
    }
  });

  it('has charged the credits of each generation once', async () => {
    expect(await ask(home, unbalanced)).toEqual([]);
    const entries = await ask<{ kinds: string[] }>(
      home,
      `select g.id, array_agg(e.kind::text order by e.id) as kinds
       from velro.generations g left join velro.credit_entries e on e.generation_id = g.id group by g.id`,
    );
    expect(entries.length).toBeGreaterThanOrEqual(accepted.length);
    for (const { kinds } of entries) expect(kinds).toEqual(['reserve', 'commit']);
    expect(await ask(home, `select 1 from velro.files group by generation_id having count(*) <> 1`)).toEqual(
      [],
    );
  });

  it('resumes an interrupted generation', async () => {
    const { json } = await service.visitor().call('/api/v1/generations', {
      token: ada.token,
      body: { ...order, parameters: { width: 1024, height: 1024 } },
    });
    await until(async () => (await storedStatusOf(json.id)) === 'processing', 'a start of the generation');
    await service.kill();
    expect(await ask(home, 'select status from velro.generations where id = $1', [json.id])).toEqual([
      { status: 'processing' },
    ]);
    service = await Service.start({}, home);
    await until(async () => (await storedStatusOf(json.id)) === 'completed', 'an end of the generation');
  });

  it('takes over the jobs of an instance that died', async () => {
    const [held] = await ask<{ id: string }>(
      home,
      `insert into velro.generations (id, user_id, status, model_id, prompt, parameters, credits_cost, submitted_at, due_at)
       values (uuidv7(), $1, 'submitting', 'velro/canvas', 'waves', '{"width": 256, "height": 256}', 0, now(), now())
       returning id`,
      [ada.id],
    );
    const id = held?.id ?? '';
    await until(async () => (await storedStatusOf(id)) === 'completed', 'an end of the generation');
  });
});

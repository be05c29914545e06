import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ask, unbalanced } from '../support/database/database.js';
import { Customer, eventually, FalService } from '../support/fal/fal-service.js';

const picture = { model_id: 'fal-ai/flux-pro/v1.1-ultra', prompt: 'fog over a harbour' };
const other = { model_id: 'fal-ai/imagen4/preview/ultra', prompt: 'a lighthouse' };
const nobody = '01900000-0000-7000-8000-000000000000';

describe('a finished generation', () => {
  let stage: FalService;
  let ada: Customer;
  let project: string;
  const ids: Record<'completed' | 'failed' | 'running' | 'favorite', string> = {
    completed: '',
    failed: '',
    running: '',
    favorite: '',
  };
  beforeAll(async () => {
    stage = await FalService.start({}, { UPLOAD_QUOTA_BYTES: '1 MB' });
    ada = new Customer(await stage.signUp());
    project = (await ada.post('/projects', { name: 'harbours' })).json.id;
    ids.completed = await finished(picture);
    ids.failed = (await ada.create(other)).json.id;
    const failing = await stage.jobOf(ids.failed);
    stage.fal.fail(failing.id, { status: 500, detail: 'broken', errorType: 'internal_error' });
    await stage.fal.call(failing.id);
    await ada.ended(ids.failed);
    ids.favorite = await finished({ ...other, project_id: project });
    ids.running = (await ada.create(picture)).json.id;
    await stage.jobOf(ids.running);
    await eventually(async () => (await ada.status(ids.running)) === 'processing');
  });
  afterAll(async () => {
    expect(await ask(stage.service.home, unbalanced)).toEqual([]);
    await stage.stop();
  });

  async function finished(order: object): Promise<string> {
    const { json } = await ada.create(order);
    const job = await stage.jobOf(json.id);
    await stage.fal.complete(job.id);
    await stage.fal.call(job.id);
    expect((await ada.ended(json.id)).status).toBe('completed');
    return json.id;
  }
  const listed = async (query: string): Promise<string[]> =>
    (await ada.get(`/generations?${query}`)).json.data.map(({ id }: { id: string }) => id);

  it('is a favorite once it is marked, and none once it is unmarked', async () => {
    expect((await ada.post(`/generations/${ids.favorite}/favorite`)).json.favorite).toBe(true);
    expect(await listed('favorite=true')).toEqual([ids.favorite]);
    expect((await ada.post(`/generations/${ids.favorite}/favorite`, { favorite: false })).json.favorite).toBe(
      false,
    );
    expect(await listed('favorite=true')).toEqual([]);
    expect((await ada.post(`/generations/${ids.favorite}/favorite`, { favorite: true })).status).toBe(200);
    expect(await listed('favorite=false')).toEqual([ids.running, ids.failed, ids.completed]);
  });

  it('is found by status, model and project, newest first, page by page', async () => {
    expect(await listed('status=completed')).toEqual([ids.favorite, ids.completed]);
    expect(await listed('status=failed')).toEqual([ids.failed]);
    expect(await listed('status=processing')).toEqual([ids.running]);
    expect(await listed('status=cancelled')).toEqual([]);
    expect(await listed(`model_id=${encodeURIComponent(other.model_id)}`)).toEqual([
      ids.favorite,
      ids.failed,
    ]);
    expect(await listed(`project_id=${project}`)).toEqual([ids.favorite]);
    const first = await ada.get('/generations?status=completed&limit=1');
    expect(first.json.data.map(({ id }: { id: string }) => id)).toEqual([ids.favorite]);
    expect(await listed(`status=completed&limit=1&cursor=${String(first.json.next_cursor)}`)).toEqual([
      ids.completed,
    ]);
  });

  it.each([
    'status=submitting',
    'status=',
    'favorite=yes',
    'favorite=',
    'project_id=x',
    `model_id=${'m'.repeat(101)}`,
  ])('is not searched by %s', async (query) => {
    const { status, json } = await ada.get(`/generations?${query}`);
    expect([status, json.code]).toEqual([422, 'validation_failed']);
  });

  it('is counted by status and model, and as spent only when completed', async () => {
    expect((await ada.get('/generations/stats')).json).toEqual({
      total: 4,
      credits_spent: 50 + 45,
      by_status: { completed: 2, failed: 1, processing: 1 },
      by_model: { [picture.model_id]: 2, [other.model_id]: 2 },
    });
  });

  it('has links with the requested lifetime, and no longer', async () => {
    const before = Date.now();
    const { json } = await ada.get(`/generations/${ids.completed}/media-urls?expires_in=60`);
    const [link] = json.data;
    const lasts = (Date.parse(link.expires_at) - before) / 1000;
    expect(lasts).toBeGreaterThan(58);
    expect(lasts).toBeLessThan(75);
    expect(
      Math.abs(Number(new URL(link.url).searchParams.get('expires')) * 1000 - Date.parse(link.expires_at)),
    ).toBeLessThan(2000);
    expect((await stage.service.visitor().call(link.url)).bytes).toHaveLength(link.bytes);
    expect((await ada.get(`/generations/${ids.running}/media-urls`)).json).toEqual({ data: [] });
  });

  it.each(['59', '86401', '-1', '60.5', 'x', ''])('has no links for %s seconds', async (seconds) => {
    const { status, json } = await ada.get(`/generations/${ids.completed}/media-urls?expires_in=${seconds}`);
    expect([status, json.code]).toEqual([422, 'validation_failed']);
  });

  it("is watched from the client's last event on, each event once", async () => {
    const path = `/api/v1/generations/${ids.completed}/events`;
    const watch = (last?: number) =>
      ada.account.visitor.events(
        path,
        ada.account.token,
        undefined,
        last === undefined ? {} : { 'last-event-id': String(last) },
      );
    const [all] = await watch();
    expect(all?.event).toBe('completed');
    const id = all?.id ?? 0;
    expect((await watch(id - 1)).map((event) => event.id)).toEqual([id]);
    // Nothing is left to come.
    await expect(watch(id)).rejects.toThrow('204');
  });

  it.each(['completed', 'failed', 'running', 'nobody'] as const)(
    'of another person (%s) is not found by any route, and nothing of theirs changes',
    async (which) => {
      const id = which === 'nobody' ? nobody : ids[which];
      const [owner, eve] = [ada.account.id, new Customer(await stage.signUp())];
      // But for when it is looked at next, which is the service's own doing.
      const rows = () =>
        ask(
          stage.service.home,
          `select (select jsonb_agg(to_jsonb(g) - '{due_at,version,progress,queue_position}'::text[] order by id)
               from velro.generations g where user_id = $1) as generations,
             (select jsonb_agg(to_jsonb(f) order by id) from velro.files f where user_id = $1) as files,
             (select jsonb_agg(to_jsonb(e) order by id) from velro.credit_entries e where user_id = $1) as entries,
             (select jsonb_build_array(credits_balance, credits_reserved) from velro.users where id = $1) as credits`,
          [owner],
        );
      const before = await rows();
      const calls = [
        () => eve.get(`/generations/${id}`),
        () => eve.post(`/generations/${id}/favorite`),
        () => eve.post(`/generations/${id}/favorite`, { favorite: false }),
        () => eve.get(`/generations/${id}/media-urls`),
        () => eve.get(`/generations/${id}/events`),
        () => eve.post(`/generations/${id}/retry`),
        () => eve.post(`/generations/${id}/cancel`),
        () => eve.remove(`/generations/${id}`),
      ];
      for (const call of calls) {
        const { status, json } = await call();
        expect([String(call), status, json.code]).toEqual([String(call), 404, 'not_found']);
        // After each: a later one may undo what an earlier one did.
        expect(await rows()).toEqual(before);
      }
    },
  );

  it('is not listed by another account, not by its project either', async () => {
    const eve = new Customer(await stage.signUp());
    expect((await eve.get(`/generations?project_id=${project}`)).json.data).toEqual([]);
    expect((await eve.get('/generations')).json.data).toEqual([]);
  });

  it('is moved only into a project of its owner, and into no unknown one', async () => {
    const eve = new Customer(await stage.signUp());
    const before = await eve.balance();
    for (const project_id of [project, nobody]) {
      const { status, json } = await eve.create({ ...picture, project_id });
      expect([status, json.code]).toEqual([422, 'project_unknown']);
    }
    expect(await eve.balance()).toEqual(before);
    expect((await eve.get('/generations')).json.data).toEqual([]);
  });

  it('is not retried without its reference image', async () => {
    const { json } = await ada.create(picture);
    await stage.jobOf(json.id);
    await ada.post(`/generations/${String(json.id)}/cancel`);
    await ada.ended(json.id);
    await ask(stage.service.home, 'update velro.generations set has_reference = true where id = $1', [
      json.id,
    ]);
    const again = await ada.post(`/generations/${String(json.id)}/retry`);
    expect([again.status, again.json.code]).toEqual([422, 'reference_gone']);
  });

  it('counts towards the storage quota, above which nothing new is accepted', async () => {
    const bob = new Customer(await stage.signUp());
    const before = await bob.balance();
    await ask(stage.service.home, 'update velro.users set storage_bytes = 1048576 where id = $1', [
      bob.account.id,
    ]);
    const { status, json } = await bob.create(picture);
    expect([status, json.code]).toEqual([413, 'storage_quota_exceeded']);
    expect(await bob.balance()).toEqual(before);
    await ask(stage.service.home, 'update velro.users set storage_bytes = 1048575 where id = $1', [
      bob.account.id,
    ]);
    expect((await bob.create(picture)).status).toBe(202);
  });
});

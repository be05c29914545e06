import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ask } from '../support/database/database.js';
import { Service, type Account } from '../support/process/service.js';
import { until } from '../support/process/wait-until.js';
import { HostedSupabase } from '../support/supabase/hosted-supabase.js';

describe('pages of results in a hosted storage', () => {
  let supabase: HostedSupabase;
  let service: Service;
  let ada: Account;
  beforeAll(async () => {
    supabase = await HostedSupabase.start();
    service = await Service.start(supabase.env);
    ada = await supabase.signUp(service);
  });
  afterEach(async () => {
    supabase.storage.fault = 'none';
    await ask(service.home, 'delete from velro.generations');
    await ask(service.home, 'delete from velro.files');
  });
  afterAll(async () => {
    await service.discard();
    await supabase.stop();
  });

  /** Completed, with its results in the storage. */
  const completed = async (results: number): Promise<string[]> => {
    const id = randomUUID();
    await ask(
      service.home,
      `insert into velro.generations (id, user_id, model_id, prompt, credits_cost, status)
       values ($1, $2, 'velro/canvas', 'fog', 0, 'completed')`,
      [id, ada.id],
    );
    const keys = Array.from({ length: results }, (_, at) => `generations/${id}/${at}.png`);
    for (const [position, key] of keys.entries()) {
      supabase.storage.objects.set(`media/${key}`, { bytes: Buffer.from(key), type: 'image/png' });
      await file('result', key, id, position);
    }
    return keys;
  };
  const file = async (kind: string, key: string, generation: string | null, position = 0) => {
    const id = randomUUID();
    await ask(
      service.home,
      `insert into velro.files (id, user_id, kind, generation_id, position, object_key, content_type, bytes, sha256)
       values ($1, $2, $3, $4, $5, $6, 'image/png', $7, sha256(convert_to($6, 'utf8')))`,
      [id, ada.id, kind, generation, position, key, Buffer.byteLength(key)],
    );
    return id;
  };
  const get = (path: string) => ada.visitor.call(`/api/v1${path}`, { token: ada.token });
  interface Shown {
    readonly media: readonly { readonly url: string }[];
  }
  const urlsOf = (page: readonly Shown[]): string[][] => page.map(({ media }) => media.map(({ url }) => url));
  const textOf = async (url: string): Promise<string | null> => {
    const answer = await fetch(url);
    return answer.ok ? answer.text() : null;
  };

  it('are linked by one request, each generation with its own results', async () => {
    const keys: string[][] = [];
    for (const results of [1, 3, 0, 2, 4]) keys.push(await completed(results));
    const { storage } = supabase;
    storage.signings.length = 0;
    const { status, json } = await get('/generations?limit=100');
    expect([status, json.data.length]).toEqual([200, 5]);
    expect(storage.signings.map((paths) => paths.length)).toEqual([10]);
    const shown = await Promise.all(
      urlsOf(json.data).map((urls) => Promise.all(urls.map((url) => textOf(url)))),
    );
    expect(shown.toSorted()).toEqual(keys.toSorted());
  });

  it('are linked by no request when there is nothing to show', async () => {
    await completed(0);
    supabase.storage.signings.length = 0;
    expect((await get('/generations')).json.data).toHaveLength(1);
    expect(supabase.storage.signings).toEqual([]);
  });

  it('are shown though one object is missing: its link opens nothing, and the log names it', async () => {
    const [gone = ''] = await completed(1);
    const kept = await completed(2);
    supabase.storage.objects.delete(`media/${gone}`);
    const { status, json } = await get('/generations');
    expect(status).toBe(200);
    const shown = new Map<string, string | null>();
    for (const url of urlsOf(json.data).flat()) shown.set(new URL(url).pathname, await textOf(url));
    expect([...shown.values()].filter((text) => text !== null).toSorted()).toEqual(kept.toSorted());
    expect(shown.get(`/storage/v1/object/sign/media/${gone}`)).toBeNull();
    await service.logged();
    expect(service.lines().filter(({ msg }) => msg === 'stored objects are missing')).toEqual([
      expect.objectContaining({ level: 'error', count: 1, key: gone }),
    ]);
  });

  it('are 503 while the storage does not answer', async () => {
    await completed(1);
    supabase.storage.fault = 'error';
    const { status, json } = await get('/generations');
    expect([status, json.code]).toEqual([503, 'unavailable']);
  });

  it('end a generation whose reference image is missing, as refused', async () => {
    const reference = await file('reference', `references/${randomUUID()}.png`, null);
    const id = randomUUID();
    await ask(
      service.home,
      `insert into velro.generations
         (id, user_id, model_id, prompt, credits_cost, status, reference_file_id, has_reference, deadline_at, due_at)
       values ($1, $2, 'velro/canvas', 'fog', 0, 'queued', $3, true, now() + interval '1 hour', now())`,
      [id, ada.id, reference],
    );
    const answer = () => get(`/generations/${id}`);
    await until(async () => (await answer()).json.status === 'failed', 'the end of the generation');
    expect((await answer()).json.error).toEqual({ code: 'reference_refused' });
  });
});

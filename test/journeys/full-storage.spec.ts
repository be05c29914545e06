import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { operatorOf, valueOf } from '../support/accounts/operator.js';
import { ask, unbalanced } from '../support/database/database.js';
import { Customer, FalService } from '../support/fal/fal-service.js';
import { picture } from '../support/generations/pictures.js';
import { signUp, type Account, type Service } from '../support/process/service.js';
import { SmallDisk } from '../support/storage/small-disk.js';
import { withPolicy } from '../support/process/policy.js';
import { until } from '../support/process/wait-until.js';
import { HostedSupabase } from '../support/supabase/hosted-supabase.js';

/** A storage that can be filled. */
interface Store {
  readonly env: Record<string, string>;
  readonly signUp: (service: Service) => Promise<Account>;
  readonly prepare: (objects: string) => void;
  readonly fill: (objects: string) => void;
  readonly clear: (objects: string) => void;
  /** Everything that lies in it, besides folders. */
  readonly kept: (objects: string) => string[];
  readonly stop: () => Promise<void>;
}
const filesIn = (objects: string): string[] =>
  readdirSync(objects, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'ballast')
    .map(({ name }) => name);

/** Above the room that it keeps for the database. */
const smallBytes = 48 * 1024 * 1024;

function smallDisk(): Promise<Store> {
  let disk: SmallDisk;
  return Promise.resolve({
    env: {},
    signUp,
    prepare: (objects) => {
      disk = SmallDisk.mount(objects, smallBytes);
    },
    fill: () => {
      disk.fill();
    },
    clear: () => {
      disk.clear();
    },
    kept: filesIn,
    stop: () => {
      disk.unmount();
      return Promise.resolve();
    },
  });
}

/** Where nobody may mount a disk: a file stands in the place of the folder. */
function noFolder(): Promise<Store> {
  let isFilled = false;
  return Promise.resolve({
    env: {},
    signUp,
    prepare: (objects) => {
      mkdirSync(objects, { recursive: true });
    },
    fill: (objects) => {
      rmSync(objects, { recursive: true });
      writeFileSync(objects, '');
      isFilled = true;
    },
    clear: (objects) => {
      rmSync(objects);
      isFilled = false;
    },
    kept: (objects) => (isFilled ? [] : filesIn(objects)),
    stop: () => Promise.resolve(),
  });
}

async function hosted(): Promise<Store> {
  const supabase = await HostedSupabase.start();
  return {
    env: supabase.env,
    signUp: (service) => supabase.signUp(service),
    prepare: () => undefined,
    fill: () => {
      supabase.storage.fault = 'quota';
    },
    clear: () => {
      supabase.storage.fault = 'none';
    },
    kept: () => [...supabase.storage.objects.keys()],
    stop: () => supabase.stop(),
  };
}

const stores: [string, () => Promise<Store>][] = [
  ['whose folder is a file', noFolder],
  ['with a hosted storage above its quota', hosted],
];
if (SmallDisk.isPermitted()) stores.push(['on a full disk', smallDisk]);

describe.each(stores)('a service %s', (title, openStore) => {
  let store: Store;
  let stage: FalService;
  let ada: Customer;
  let objects: string;
  let running: string;
  beforeAll(async () => {
    store = await openStore();
    stage = await FalService.start(
      {},
      { ...store.env, LOG_LEVEL: 'info', ...withPolicy({ storageHealthPolicy: { lookEveryMs: 500 } }) },
    );
    objects = join(stage.service.home, 'objects');
    store.prepare(objects);
    ada = new Customer(await store.signUp(stage.service));
    running = (await ada.create({ model_id: 'fal-ai/flux-pro/v1.1-ultra', prompt: 'fog' })).json.id;
    await stage.jobOf(running);
  });
  afterAll(async () => {
    expect(await ask(stage.service.home, unbalanced)).toEqual([]);
    await store.stop();
    await stage.stop();
  });

  const health = async () => (await stage.service.visitor().call('/health')).json.status;
  const ready = () => stage.service.visitor().call('/health/ready');
  const gauge = async () => {
    const { text } = await stage.service.visitor().call('/metrics', { headers: operatorOf(stage.service) });
    return valueOf(text, 'dependency_up{dependency="storage"}');
  };
  const told = () => stage.service.lines().filter(({ msg }) => msg.startsWith('the storage takes'));
  const sendReference = async () => {
    const form = new FormData();
    form.set('model_id', 'fal-ai/flux-pro/kontext/max');
    form.set('prompt', 'fog');
    form.set('reference_image', new Blob([Uint8Array.from(await picture('png'))]), 'a.png');
    const encoded = new Response(form);
    return ada.account.visitor.call('/api/v1/generations', {
      method: 'POST',
      token: ada.account.token,
      raw: Buffer.from(await encoded.arrayBuffer()),
      headers: { 'content-type': encoded.headers.get('content-type') ?? '' },
    });
  };
  const state = async () => ({
    kept: store.kept(objects),
    rows: await ask(stage.service.home, 'select id from velro.files order by id'),
    credits: await ada.balance(),
  });

  it('is healthy before', async () => {
    expect([await health(), (await ready()).json.storage, await gauge()]).toEqual(['healthy', 'up', 1]);
    expect(told()).toEqual([]);
  });

  it('refuses what it cannot store with 503, keeps nothing of it, and is degraded', async () => {
    store.fill(objects);
    if (title === 'on a full disk')
      await until(async () => (await health()) === 'degraded', 'a look, before anything is refused');
    const before = await state();
    for (let count = 0; count < 3; count++) {
      const { status, json, headers } = await sendReference();
      expect([status, json.code, headers['retry-after']]).toEqual([503, 'unavailable', '2']);
    }
    expect(await state()).toEqual(before);
    const { status, json } = await ready();
    expect([await health(), status, json.status, json.storage]).toEqual(['degraded', 200, 'ready', 'down']);
    expect(await gauge()).toBe(0);
  });

  it('answers everything else, and keeps a generation whose result it cannot store', async () => {
    const job = await stage.jobOf(running);
    await stage.fal.complete(job.id);
    await stage.fal.call(job.id);
    await until(
      () => stage.service.lines().some(({ msg }) => msg === 'a generation could not be followed'),
      'a try to store it',
    );
    expect((await ada.get('/generations')).status).toBe(200);
    expect((await store.signUp(stage.service)).token).not.toBe('');
    expect(await ada.status(running)).toBe('processing');
    expect(await ask(stage.service.home, 'select id from velro.files')).toEqual([]);
    expect(store.kept(objects)).toEqual([]);
  });

  it('takes objects again once it has room, says so once, and completes what it kept', async () => {
    for (let count = 0; count < 50; count++) expect(await health()).toBe('degraded');
    store.clear(objects);
    await until(async () => (await health()) === 'healthy', 'an end of it');
    expect([(await ready()).json.storage, await gauge()]).toEqual(['up', 1]);
    expect((await ada.ended(running)).status).toBe('completed');
    expect((await sendReference()).status).toBe(202);
    await stage.service.logged();
    expect(told().map(({ level, msg }) => [level, msg])).toEqual([
      ['error', 'the storage takes no objects'],
      ['info', 'the storage takes objects again'],
    ]);
    // Nothing of the trials is left: a result and a reference image.
    expect(store.kept(objects)).toHaveLength(2);
  });
});

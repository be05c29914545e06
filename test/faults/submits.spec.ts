import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ask } from '../support/database/database.js';
import { EmbeddedFolders } from '../support/process/embedded-folder.js';
import { Customer, eventually, falEnvironment } from '../support/fal/fal-service.js';
import { FalServer } from '../support/fal/fal-server.js';
import { startBeside } from '../support/process/second-instance.js';
import { Service, signUp } from '../support/process/service.js';

const order = { model_id: 'fal-ai/flux-pro/v1.1-ultra', prompt: 'a lighthouse over a violet sea' };
/** Nobody calls back here: what became of a submit is known from its answer or not at all. */
describe('a submit', () => {
  const folders = new EmbeddedFolders();
  const ends: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
    await folders.remove();
  });

  const start = async (env: Record<string, string>, home: string): Promise<Service> => {
    const service = await Service.start(env, home);
    ends.push(() => service.discard());
    return service;
  };
  const startFal = async (): Promise<FalServer> => {
    const fal = await FalServer.start();
    fal.webhooks.fault = 'lost';
    ends.push(() => fal.stop());
    return fal;
  };
  const referenceOf = async (home: string, id: string) => {
    const [row] = await ask<{ provider_reference: string | null }>(
      home,
      'select provider_reference from velro.generations where id = $1',
      [id],
    );
    return row?.provider_reference ?? null;
  };

  it('is waited for when the service stops, and its outcome is stored', async () => {
    const [fal, home] = [await startFal(), folders.prepared()];
    fal.faults.on('submit', { kind: 'slow', ms: 1500 }, 1);
    const first = await start(falEnvironment(fal), home);
    const ada = new Customer(await signUp(first));
    const { json } = await ada.create(order);
    await eventually(() => fal.queueHost.seen.length > 0);
    await first.stop({ keepHome: true });
    await eventually(() => fal.jobs.all.length > 0);
    const [job] = fal.jobs.all;
    await start(falEnvironment(fal), home);
    expect(await referenceOf(home, json.id)).toBe(job?.id);
  });

  it('is recorded although the database is unavailable when its response comes', async () => {
    const [fal, home] = [await startFal(), folders.prepared()];
    const other = await start({ ...falEnvironment(fal), AI_ENABLED: 'false' }, home);
    const { service, line } = await startBeside(other, falEnvironment(fal));
    ends.push(async () => {
      line.close();
      await service.discard();
    });
    const account = await signUp(other);
    const ada = new Customer({ ...account, visitor: service.visitor() });
    fal.faults.on('submit', { kind: 'slow', ms: 1000 }, 1);
    const { json } = await ada.create(order);
    await eventually(() => fal.queueHost.seen.length > 0);
    line.freeze();
    await eventually(() => fal.jobs.all.length > 0);
    // Longer than a statement may take.
    await sleep(3000);
    line.thaw();
    await eventually(async () => (await referenceOf(home, json.id)) === fal.jobs.all[0]?.id);
    expect(fal.jobs.all).toHaveLength(1);
  });
});

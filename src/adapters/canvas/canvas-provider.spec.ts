import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { ProviderOrder, ProviderStatus } from '../../ports/generation-provider.js';
import { ENDED_AGE, MAX_ENDED } from './canvas-jobs.js';
import { CanvasProvider } from './canvas-provider.js';
import { CanvasStudio, MAX_WAITING } from './canvas-studio.js';
import { HandClock } from '../../../test/support/clock/hand-clock.js';

/** A worker in place of the painting one: its prompt says how it behaves, and its pictures count themselves. */
const actor = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort } from 'node:worker_threads';
    let painted = 0;
    parentPort.on('message', ({ id, request }) => {
      if (request.prompt === 'throw') throw new Error('broken brush');
      if (request.prompt === 'hang') return;
      if (request.prompt === 'fail') return parentPort.postMessage({ id, kind: 'failure', message: 'no paint' });
      painted += 1;
      parentPort.postMessage({ id, kind: 'step', percent: 40 });
      parentPort.postMessage({ id, kind: 'picture', png: new Uint8Array([painted]), width: 1, height: 1 });
    });`)}`,
);

/** Milliseconds for one picture; a slow machine's worker starts within it. */
const lateMs = 5000;

const never = new AbortController().signal;
const order = (id: string, prompt = 'sea', more: Partial<ProviderOrder> = {}): ProviderOrder => ({
  id,
  modelId: 'velro/canvas',
  prompt,
  negativePrompt: null,
  parameters: {},
  referenceImageUrl: null,
  callbackUrl: 'http://127.0.0.1:9/',
  ...more,
});
const job = (reference: string) => ({ modelId: 'velro/canvas', reference });

describe('CanvasProvider', () => {
  const providers: CanvasProvider[] = [];
  const open = (clock = new HandClock(), deadlineMs?: number): CanvasProvider => {
    const provider = new CanvasProvider(clock, new CanvasStudio(actor, deadlineMs));
    providers.push(provider);
    return provider;
  };
  afterEach(async () => {
    await Promise.all(providers.splice(0).map((provider) => provider.close()));
  });
  const endOf = async (provider: CanvasProvider, id: string): Promise<ProviderStatus> => {
    for (;;) {
      const view = await provider.poll(job(id));
      if (view.state !== 'queued' && view.state !== 'running') return view;
      await sleep(5);
    }
  };

  it('paints one picture for one id, however often it is submitted', async () => {
    const provider = open();
    await provider.submit(order('one'), never);
    await provider.submit(order('one'), never);
    await endOf(provider, 'one');
    await provider.submit(order('one'), never);
    await provider.submit(order('two'), never);
    await endOf(provider, 'two');
    expect(await provider.results(job('one'))).toEqual([{ kind: 'bytes', bytes: new Uint8Array([1]) }]);
    expect(await provider.results(job('two'))).toEqual([{ kind: 'bytes', bytes: new Uint8Array([2]) }]);
  });

  it.each([{ width: 8 }, { height: 100_000 }, { width: 1025 }])(
    'refuses sides of %j for good',
    async (parameters) => {
      await expect(open().submit(order('one', 'sea', { parameters }), never)).rejects.toMatchObject({
        name: 'GenerationRefused',
        code: 'parameters_refused',
      });
    },
  );

  it('reports the queue position of a picture, and refuses more than its queue holds', async () => {
    const provider = open();
    for (let place = 0; place < MAX_WAITING; place += 1)
      await provider.submit(order(`id-${place}`, 'hang'), never);
    expect(await provider.poll(job('id-3'))).toEqual({ state: 'queued', position: 3 });
    await expect(provider.submit(order('more'), never)).rejects.toMatchObject({ name: 'Error' });
    expect(await provider.poll(job('more'))).toEqual({ state: 'absent' });
    await provider.cancel(job('id-5'));
    await provider.submit(order('more'), never);
  });

  it.each([
    ['a worker that crashes', 'throw', 'provider_failed'],
    ['a picture that cannot be painted', 'fail', 'provider_failed'],
    ['a picture that takes too long', 'hang', 'provider_timeout'],
  ])('fails a picture by %s, and paints the next', async (_title, prompt, code) => {
    const provider = open(new HandClock(), prompt === 'hang' ? lateMs : undefined);
    await provider.submit(order('bad', prompt), never);
    await provider.submit(order('good'), never);
    expect(await endOf(provider, 'bad')).toEqual({ state: 'failed', code });
    await expect(provider.results(job('bad'))).rejects.toMatchObject({ code });
    expect(await endOf(provider, 'good')).toEqual({ state: 'finished' });
  });

  it('evicts the oldest pictures', async () => {
    const provider = open();
    for (let place = 0; place <= MAX_ENDED; place += 1) {
      await provider.submit(order(`id-${place}`), never);
      await endOf(provider, `id-${place}`);
    }
    expect(await provider.poll(job('id-0'))).toEqual({ state: 'absent' });
    expect(await provider.poll(job('id-1'))).toEqual({ state: 'finished' });
    await expect(provider.results(job('id-0'))).rejects.toMatchObject({ name: 'Error' });
  });

  it('evicts a picture after ten minutes, and paints it again when resubmitted', async () => {
    const clock = new HandClock();
    const provider = open(clock);
    await provider.submit(order('one'), never);
    await endOf(provider, 'one');
    clock.time += ENDED_AGE;
    expect(await provider.poll(job('one'))).toEqual({ state: 'finished' });
    clock.time += 1;
    expect(await provider.poll(job('one'))).toEqual({ state: 'absent' });
    await provider.submit(order('one'), never);
    expect(await endOf(provider, 'one')).toEqual({ state: 'finished' });
  });

  it('notifies of progress, and of the end once the picture is stored', async () => {
    const provider = open();
    const seen: Promise<ProviderStatus>[] = [];
    provider.onChange((reference) => seen.push(provider.poll(job(reference))));
    await provider.submit(order('one'), never);
    await endOf(provider, 'one');
    await sleep(0);
    const states = (await Promise.all(seen)).map(({ state }) => state);
    expect(states.at(-1)).toBe('finished');
    expect(states.length).toBeGreaterThan(1);
  });

  it('notifies once of a cancelled picture, and never finishes it', async () => {
    const provider = open();
    const heard: string[] = [];
    provider.onChange((reference) => heard.push(reference));
    await provider.submit(order('first', 'hang'), never);
    await provider.submit(order('second'), never);
    expect(await provider.cancel(job('second'))).toBe('cancelled');
    await sleep(0);
    expect(heard).toEqual(['second']);
    expect(await provider.poll(job('second'))).toEqual({ state: 'failed', code: 'provider_failed' });
  });

  it('reports pictures as absent after a stop, and accepts no more', async () => {
    const provider = open();
    await provider.submit(order('one', 'hang'), never);
    await provider.close();
    await sleep(0);
    expect(await provider.poll(job('one'))).toEqual({ state: 'absent' });
    await expect(provider.submit(order('two'), never)).rejects.toMatchObject({ name: 'Error' });
  });
});

import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  failureCodes,
  type GenerationProvider,
  type ProviderJob,
  type ProviderOrder,
  type ProviderStatus,
} from '../../src/ports/generation-provider.js';

export interface ProviderStage {
  readonly provider: GenerationProvider;
  readonly modelId: string;
  /** Whether it knows of changes at once. */
  readonly tells: boolean;
  /** Jobs stay where they are from now on, or go on by themselves. */
  hold(held: boolean): void;
  stop(): Promise<void>;
}

export const orderFor = (modelId: string, more: Partial<ProviderOrder> = {}): ProviderOrder => ({
  id: randomUUID(),
  modelId,
  prompt: 'a lighthouse over a violet sea',
  negativePrompt: null,
  parameters: {},
  referenceImageUrl: null,
  callbackUrl: `http://127.0.0.1:9/hook/${randomUUID()}`,
  ...more,
});

export const never = (): AbortSignal => new AbortController().signal;
const pauseMs = 10;

/** Looks until the job is at its end; every view on the way. */
export async function lookOn(provider: GenerationProvider, job: ProviderJob): Promise<ProviderStatus[]> {
  const views: ProviderStatus[] = [];
  for (;;) {
    const view = await provider.poll(job, never());
    views.push(view);
    if (view.state !== 'queued' && view.state !== 'running') return views;
    await sleep(pauseMs);
  }
}

/** How far a view is, in whole numbers that may never fall. */
const stepOf = (view: ProviderStatus): number =>
  view.state === 'queued' ? 0 : view.state === 'running' ? 1 + (view.percent ?? 0) : 1000;

/** What every provider of pictures and videos promises. */
export function generationProviderContract(name: string, open: () => Promise<ProviderStage>): void {
  describe(`a job at ${name}`, () => {
    let stage: ProviderStage;
    beforeAll(async () => {
      stage = await open();
    });
    afterAll(async () => {
      await stage.stop();
    });

    const submit = async (order = orderFor(stage.modelId)): Promise<ProviderJob> => ({
      modelId: order.modelId,
      reference: await stage.provider.submit(order, never()),
    });
    const ended = async (): Promise<ProviderJob> => {
      stage.hold(false);
      const job = await submit();
      expect((await lookOn(stage.provider, job)).at(-1)).toEqual({ state: 'finished' });
      return job;
    };

    it('goes forward until it is finished, and never back', async () => {
      stage.hold(false);
      const job = await submit();
      const views = await lookOn(stage.provider, job);
      const steps = views.map(stepOf);
      expect(steps).toEqual([...steps].sort((a, b) => a - b));
      for (const view of views) {
        if (view.state === 'running' && view.percent !== null) {
          expect(Number.isInteger(view.percent)).toBe(true);
          expect(view.percent).toBeLessThan(100);
        }
      }
      expect(views.at(-1)).toEqual({ state: 'finished' });
      expect(await stage.provider.poll(job, never())).toEqual({ state: 'finished' });
    });

    it('gives its results as often as they are asked for', async () => {
      const job = await ended();
      const results = await stage.provider.results(job, never());
      expect(results.length).toBeGreaterThan(0);
      expect(results.length).toBeLessThanOrEqual(16);
      expect(await stage.provider.results(job, never())).toEqual(results);
    });

    it('has a reference that can be part of a path', async () => {
      stage.hold(false);
      expect((await submit()).reference).toMatch(/^[A-Za-z0-9-]{8,64}$/);
    });

    it('has the reference that is recalled for it, where one can be', async () => {
      stage.hold(false);
      const order = orderFor(stage.modelId);
      const { reference } = await submit(order);
      expect([reference, null]).toContain(stage.provider.findReference(order));
    });

    it('that is cancelled ends, is never finished, and gives no results', async () => {
      stage.hold(true);
      const job = await submit();
      expect(await stage.provider.cancel(job, never())).toBe('cancelled');
      stage.hold(false);
      const [view] = (await lookOn(stage.provider, job)).slice(-1);
      expect(['failed', 'absent']).toContain(view?.state);
      await expect(stage.provider.results(job, never())).rejects.toThrow();
    });

    it('that is finished is too late to cancel, and keeps its results', async () => {
      const job = await ended();
      expect(await stage.provider.cancel(job, never())).toBe('finished');
      expect(await stage.provider.results(job, never())).not.toEqual([]);
    });

    it('that nobody knows is absent or failed, has no results, and is as good as cancelled', async () => {
      const job = { modelId: stage.modelId, reference: randomUUID() };
      const view = await stage.provider.poll(job, never());
      expect(['failed', 'absent']).toContain(view.state);
      if (view.state === 'failed') expect(failureCodes).toContain(view.code);
      await expect(stage.provider.results(job, never())).rejects.toThrow();
      expect(await stage.provider.cancel(job, never())).toBe('cancelled');
    });

    it('is not taken from a caller that has left, and may be submitted later', async () => {
      stage.hold(false);
      const order = orderFor(stage.modelId);
      const end = await stage.provider.submit(order, AbortSignal.abort()).catch((reason: unknown) => reason);
      expect(end).toMatchObject({ name: expect.not.stringMatching(/GenerationRefused|SubmitUnknown/) });
      await submit(order);
    });

    it('is told of to whoever listens, and to nobody who has stopped', async () => {
      const heard: string[] = [];
      const stopped: string[] = [];
      stage.provider.onChange((reference) => stopped.push(reference))();
      const end = stage.provider.onChange((reference) => heard.push(reference));
      const { reference } = await ended();
      end();
      expect(stopped).toEqual([]);
      if (stage.tells) expect(heard).toContain(reference);
      else expect(heard).toEqual([]);
    });
  });
}

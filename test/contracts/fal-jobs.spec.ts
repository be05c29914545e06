import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { FalFault } from '../support/fal/fal-faults.js';
import { modelFailure, platformFailure, type FalFailure } from '../support/fal/fal-jobs.js';
import { error, FalStage, limitsFor, modelId } from './fal-stage.js';
import { never } from './generation-provider.js';

describe('fal', () => {
  let stage: FalStage;
  beforeEach(async () => {
    stage = await FalStage.open();
  });
  afterEach(async () => {
    await stage.close();
  });

  describe('polled', () => {
    it('reports the queue position of a job, that it runs, and that it is finished', async () => {
      const provider = stage.provider();
      await stage.submitted(provider);
      const job = await stage.submitted(provider);
      const look = () => provider.poll(job, never());
      expect(await look()).toEqual({ state: 'queued', position: 1 });
      stage.server.advance(job.reference);
      expect(await look()).toEqual({ state: 'running', percent: null });
      await stage.server.complete(job.reference);
      expect(await look()).toEqual({ state: 'finished' });
    });

    const ends: [string, FalFailure, string][] = [
      ['refused content', modelFailure('content_policy_violation'), 'content_refused'],
      ['no media', modelFailure('no_media_generated'), 'content_refused'],
      ['a wrong parameter', modelFailure('greater_than'), 'parameters_refused'],
      ['an unread reference', modelFailure('image_load_error'), 'reference_refused'],
      ["the model's own time", modelFailure('generation_timeout', 504), 'provider_timeout'],
      ["the model's own trouble", modelFailure('internal_server_error', 500), 'provider_failed'],
      ['a partner that fails', modelFailure('downstream_service_error', 400), 'provider_failed'],
      ['a runner that breaks', platformFailure('runner_server_error', 500), 'provider_failed'],
      ['a queue that is too long', platformFailure('startup_timeout', 504), 'provider_timeout'],
      ['something new', platformFailure('never_heard_of', 500), 'provider_failed'],
    ];
    it.each(ends)('reports that a job failed by %s', async (_title, failure, code) => {
      const provider = stage.provider();
      const job = await stage.submitted(provider);
      stage.server.fail(job.reference, failure);
      expect(await provider.poll(job, never())).toEqual({ state: 'failed', code });
    });

    it('reports that a job unknown to fal failed', async () => {
      const provider = stage.provider();
      const job = await stage.submitted(provider);
      stage.server.jobs.forget(job.reference);
      expect(await provider.poll(job, never())).toEqual({ state: 'failed', code: 'provider_failed' });
    });

    it.each([
      { modelId, reference: '../../../other/requests/12345678' },
      { modelId, reference: '' },
      { modelId: '../evil', reference: '12345678' },
      { modelId: 'https://evil.fal.run/x', reference: '12345678' },
    ])('is not called for %j', async (job) => {
      expect(await stage.provider().poll(job, never())).toEqual({ state: 'failed', code: 'provider_failed' });
      expect(await stage.provider().cancel(job, never())).toBe('cancelled');
      expect(await stage.endOf(stage.provider().results(job, never()))).toBe('provider_failed');
      expect(stage.server.queueHost.seen).toEqual([]);
    });
  });

  const laterFaults: [string, FalFault][] = [
    ['500', error(500)],
    ['503', error(503)],
    ['429', { kind: 'busy', retryAfter: '1' }],
    ['401', error(401)],
    ['a 404 that is not fal’s', error(404, null)],
    ['a reset', { kind: 'reset', when: 'before' }],
    ['silence', { kind: 'hang' }],
    ['half an answer', { kind: 'drip' }],
    ['an answer cut off', { kind: 'cut' }],
    ['a page', { kind: 'garbage' }],
    ['an endless answer', { kind: 'huge' }],
    ['nothing', { kind: 'bent', bend: () => null }],
  ];
  describe.each(laterFaults)('%s', (_title, fault) => {
    const prepared = async () => {
      const job = await stage.submitted();
      await stage.server.complete(job.reference);
      return { job, provider: stage.provider(limitsFor(fault)), before: stage.server.queueHost.seen.length };
    };

    it('as a status means polling again later', async () => {
      const { job, provider, before } = await prepared();
      stage.server.faults.on('status', fault);
      expect(await stage.endOf(provider.poll(job, never()))).toBe('later');
      expect(stage.server.queueHost.seen).toHaveLength(before + 1);
    });

    it('as a response to a cancel means cancelling again later', async () => {
      const { job, provider, before } = await prepared();
      stage.server.faults.on('cancel', fault);
      expect(await stage.endOf(provider.cancel(job, never()))).toBe('later');
      expect(stage.server.queueHost.seen).toHaveLength(before + 1);
    });

    it('as a result means fetching again later', async () => {
      const { job, provider, before } = await prepared();
      stage.server.faults.on('result', fault.kind === 'bent' ? { kind: 'garbage' } : fault);
      expect(await stage.endOf(provider.results(job, never()))).toBe('later');
      expect(stage.server.queueHost.seen).toHaveLength(before + 1);
    });
  });

  it.each([
    ['a state nobody knows', { status: 'DONE' }],
    ['no state', {}],
    ['a number', 7],
    [
      'the status of another job',
      { status: 'COMPLETED', request_id: '00000000-0000-4000-8000-000000000000' },
    ],
  ])('with %s means polling again later', async (_title, body) => {
    const job = await stage.submitted();
    stage.server.faults.on('status', { kind: 'bent', bend: () => body });
    expect(await stage.endOf(stage.provider().poll(job, never()))).toBe('later');
  });

  it('reports no position when the status has an invalid one', async () => {
    const job = await stage.submitted();
    for (const position of [-1, 1.5, '3', null, 1e12]) {
      stage.server.faults.on('status', {
        kind: 'bent',
        bend: () => ({ status: 'IN_QUEUE', queue_position: position }),
      });
      expect(await stage.provider().poll(job, never())).toEqual({ state: 'queued', position: null });
    }
  });

  describe('as results', () => {
    const link = 'https://v3.fal.media/files/a/b.png';
    const rows: [string, unknown, string[] | string][] = [
      ['images', { images: [{ url: link }, { url: `${link}2` }] }, [link, `${link}2`]],
      ['one image', { image: { url: link } }, [link]],
      ['one video', { video: { url: link } }, [link]],
      ['videos', { videos: [{ url: link }] }, [link]],
      ['more than anybody asked for', { images: Array.from({ length: 40 }, () => ({ url: link })) }, Array.from({ length: 16 }, () => link)], // prettier-ignore
      ['plain http on this machine', { image: { url: 'http://127.0.0.1:9/x' } }, ['http://127.0.0.1:9/x']],
      ['no media', { prompt: 'x' }, 'provider_failed'],
      ['an empty list', { images: [] }, 'provider_failed'],
      ['wrong types', { images: 'x', video: null }, 'provider_failed'],
      ['a list', [], 'provider_failed'],
      ['an image that is a text', { image: link }, 'media_refused'],
      ['an image without a link', { images: [{}] }, 'media_refused'],
      ['a link that is a number', { images: [{ url: 1 }] }, 'media_refused'],
      ['plain http elsewhere', { image: { url: 'http://fal.media/x' } }, 'media_refused'],
      ['a file', { image: { url: 'file:///etc/passwd' } }, 'media_refused'],
      ['data', { image: { url: 'data:image/png;base64,AAAA' } }, 'media_refused'],
      ['no link at all', { image: { url: 'x' } }, 'media_refused'],
      ['a very long link', { image: { url: `https://fal.media/${'x'.repeat(5000)}` } }, 'media_refused'],
      ['a bad one after a good one', { images: [{ url: link }, { url: 'ftp://x/y' }] }, 'media_refused'],
    ];
    it.each(rows)('%s', async (_title, result, expected) => {
      const provider = stage.provider();
      const job = await stage.submitted(provider);
      await stage.server.complete(job.reference, result);
      if (typeof expected === 'string') {
        expect(await stage.endOf(provider.results(job, never()))).toBe(expected);
      } else {
        expect(await provider.results(job, never())).toEqual(expected.map((url) => ({ kind: 'url', url })));
      }
    });

    it('are fetched again later when the job still runs', async () => {
      const provider = stage.provider();
      const job = await stage.submitted(provider);
      expect(await stage.endOf(provider.results(job, never()))).toBe('later');
    });

    it('have the reason when the job failed', async () => {
      const provider = stage.provider();
      const job = await stage.submitted(provider);
      stage.server.fail(job.reference, modelFailure('content_policy_violation'));
      expect(await stage.endOf(provider.results(job, never()))).toBe('content_refused');
    });
  });
});

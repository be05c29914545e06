import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { falLimits } from '../../src/adapters/fal/fal-limits.js';
import { makeCertificates, openssl } from '../support/process/certificates.js';
import type { FalFault } from '../support/fal/fal-faults.js';
import { modelFailure } from '../support/fal/fal-jobs.js';
import { error, FalStage, limitsFor, meaningOf, modelId } from './fal-stage.js';
import { never, orderFor } from './generation-provider.js';

describe('fal', () => {
  let stage: FalStage;
  beforeEach(async () => {
    stage = await FalStage.open();
  });
  afterEach(async () => {
    await stage.close();
  });

  const foreign = (answer: unknown): unknown =>
    JSON.parse(JSON.stringify(answer).replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, stage.server.trap.url));

  describe('is sent', () => {
    it('the order, the callback URL, the retention of media, and the deadline', async () => {
      const order = orderFor(modelId, {
        negativePrompt: 'ships',
        parameters: { aspect_ratio: '4:3', seed: 5, sync_mode: true },
        referenceImageUrl: 'https://media.example/reference.png',
      });
      const reference = await stage.provider().submit(order, never());
      const [job] = stage.server.submitsFor(order.callbackUrl);
      expect(job).toMatchObject({ id: reference, model: modelId });
      // What the catalogue does not name is not sent, whoever stored it.
      expect(job?.input).toEqual({
        prompt: order.prompt,
        aspect_ratio: '4:3',
        seed: 5,
        image_url: 'https://media.example/reference.png',
      });
      expect(job?.headers).toMatchObject({
        'x-fal-object-lifecycle-preference': '{"expiration_duration_seconds":21600}',
        'x-fal-request-timeout': '300',
      });
    });

    it('the negative prompt where the model takes one, and no reference where it takes none', async () => {
      const order = orderFor('fal-ai/veo3', {
        negativePrompt: 'ships',
        referenceImageUrl: 'https://media.example/reference.png',
      });
      await stage.provider().submit(order, never());
      expect(stage.server.submitsFor(order.callbackUrl)[0]?.input).toEqual({
        prompt: order.prompt,
        negative_prompt: 'ships',
      });
    });

    it.each([
      ['an unknown model', orderFor('fal-ai/other'), 'model_unknown'],
      ['a model of somebody else', orderFor('velro/canvas'), 'model_unknown'],
      ['no picture to edit', orderFor('fal-ai/flux-pro/kontext/max'), 'reference_refused'],
    ])('nothing of %s', async (_title, order, code) => {
      expect(await stage.endOf(stage.provider().submit(order, never()))).toBe(code);
      expect(stage.server.queueHost.seen).toEqual([]);
    });
  });

  describe('on a submit', () => {
    const reset = (when: 'before' | 'after'): FalFault => ({ kind: 'reset', when });
    const detail = (type: string) => modelFailure(type).detail;
    const rows: [string, FalFault, string, number][] = [
      ['a reset before it is taken', reset('before'), 'unknown', 0],
      ['a reset after it is taken', reset('after'), 'unknown', 1],
      ['500 before it is taken', error(500), 'unknown', 0],
      ['502 after it is taken', error(502, undefined, 'after'), 'unknown', 1],
      ['503 that could be repeated', error(503), 'unknown', 0],
      ['504', error(504), 'unknown', 0],
      ['408', error(408), 'unknown', 0],
      ['409', error(409), 'unknown', 0],
      ['silence', { kind: 'hang' }, 'unknown', 1],
      ['half an answer', { kind: 'drip' }, 'unknown', 1],
      ['an answer cut off', { kind: 'cut' }, 'unknown', 1],
      ['a page', { kind: 'garbage' }, 'unknown', 1],
      ['an endless answer', { kind: 'huge' }, 'unknown', 1],
      ['no reference', { kind: 'bent', bend: () => ({}) }, 'unknown', 1],
      ['a number as reference', { kind: 'bent', bend: () => ({ request_id: 12_345_678 }) }, 'unknown', 1],
      [
        'a path as reference',
        { kind: 'bent', bend: () => ({ request_id: '../../x/../requests' }) },
        'unknown',
        1,
      ],
      ['a list', { kind: 'bent', bend: () => [] }, 'unknown', 1],
      ['nothing', { kind: 'bent', bend: () => null }, 'unknown', 1],
      ['429', { kind: 'busy', retryAfter: '7' }, 'later', 0],
      ['401', error(401, { detail: 'stand-in text' }), 'later', 0],
      ['402', error(402, { detail: 'stand-in text' }), 'later', 0],
      ['403', error(403, { detail: 'stand-in text' }), 'later', 0],
      ["404 of something that is not fal's", error(404, null), 'later', 0],
      ['404', error(404, { detail: 'stand-in text' }), 'model_unknown', 0],
      ['400', error(400, { detail: 'stand-in text', error_type: 'bad_request' }), 'provider_refused', 0],
      ['413', error(413, { detail: 'stand-in text' }), 'provider_refused', 0],
      ['refused content', error(422, { detail: detail('content_policy_violation') }), 'content_refused', 0],
      ['a wrong parameter', error(422, { detail: detail('less_than_equal') }), 'parameters_refused', 0],
      ['an unread reference', error(422, { detail: detail('file_download_error') }), 'reference_refused', 0],
      ['a small reference', error(422, { detail: detail('image_too_small') }), 'reference_refused', 0],
      ['422 in other words', error(422, { detail: 'stand-in text' }), 'parameters_refused', 0],
      ['422 with strange kinds', error(422, { detail: [{ type: 'violet sea' }, { type: 7 }, null] }), 'parameters_refused', 0], // prettier-ignore
    ];
    it.each(rows)('%s: is called once', async (_title, fault, end, taken) => {
      stage.server.faults.on('submit', fault);
      const order = orderFor(modelId);
      expect(await stage.endOf(stage.provider(limitsFor(fault)).submit(order, never()))).toBe(end);
      expect(stage.server.queueHost.seen).toHaveLength(1);
      expect(stage.server.submitsFor(order.callbackUrl)).toHaveLength(taken);
    });

    it.each([307, 308, 302, 303])('a redirect by %i is not followed', async (status) => {
      stage.server.faults.on('submit', { kind: 'redirect', to: stage.server.trap.url, status });
      expect(await stage.endOf(stage.provider().submit(orderFor(modelId), never()))).toBe('unknown');
    });

    it('links to other hosts are not followed, then or later', async () => {
      for (const operation of ['submit', 'status', 'cancel'] as const)
        stage.server.faults.on(operation, { kind: 'bent', bend: foreign });
      const provider = stage.provider();
      const job = await stage.submitted(provider);
      expect((await provider.poll(job, never())).state).toBe('queued');
      expect(await provider.cancel(job, never())).toBe('cancelled');
    });

    it('the Retry-After of fal is reported', async () => {
      stage.server.faults.on('submit', { kind: 'busy', retryAfter: '7' });
      expect(await stage.failureOf(stage.provider().submit(orderFor(modelId), never()))).toMatchObject({
        retryAfterMs: 7000,
      });
      stage.server.faults.on('submit', { kind: 'busy', retryAfter: 'Wed, 21 Oct 2099 07:28:00 GMT' });
      expect(await stage.failureOf(stage.provider().submit(orderFor(modelId), never()))).toMatchObject({
        retryAfterMs: null,
      });
    });

    it('no more than the limit of a response is read', async () => {
      stage.server.faults.on('submit', { kind: 'huge' });
      await stage.failureOf(stage.provider().submit(orderFor(modelId), never()));
      await stage.server.queueHost.refuse();
      expect(stage.server.queueHost.bytesSent).toBeGreaterThan(falLimits.maxAnswerBytes);
      expect(stage.server.queueHost.bytesSent).toBeLessThan(32 * falLimits.maxAnswerBytes);
    });

    it('an error before any connection means certainly not accepted', async () => {
      await stage.server.queueHost.refuse();
      expect(await stage.endOf(stage.provider().submit(orderFor(modelId), never()))).toBe('later');
    });

    it.each([
      ['a name that does not exist', () => 'http://queue.invalid'],
      ['something that does not speak TLS', () => stage.server.queueUrl.replace('http:', 'https:')],
    ])('%s means certainly not accepted', async (_title, url) => {
      expect(await stage.endOf(stage.provider(falLimits, url()).submit(orderFor(modelId), never()))).toBe(
        'later',
      );
      expect(stage.server.jobs.all).toEqual([]);
    });

    (openssl ? it : it.skip)('that meets a certificate nobody vouches for sends nothing', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'velro-fal-'));
      const { certificate, key } = await makeCertificates(folder);
      let received = 0;
      const other = createServer(
        { cert: readFileSync(certificate), key: readFileSync(key) },
        (_, response) => {
          received += 1;
          response.end('{}');
        },
      );
      await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
      const url = `https://localhost:${(other.address() as AddressInfo).port}`;
      const submit = stage.provider(falLimits, url).submit(orderFor(modelId), never());
      expect(await stage.endOf(submit)).toBe('later');
      expect(received).toBe(0);
      other.closeAllConnections();
      other.close();
      rmSync(folder, { recursive: true });
    });

    it('an abort by the caller means of unknown outcome', async () => {
      stage.server.faults.on('submit', { kind: 'hang' });
      const controller = new AbortController();
      const failure = stage.failureOf(stage.provider().submit(orderFor(modelId), controller.signal));
      while (stage.server.jobs.all.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
      controller.abort();
      expect(meaningOf(await failure)).toBe('unknown');
    });
  });
});

import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Secret } from '../../config/values/secret.js';
import { falLimits } from '../../src/adapters/fal/fal-limits.js';
import { FalProvider } from '../../src/adapters/fal/fal-provider.js';
import type { ProviderJob } from '../../src/ports/generation-provider.js';
import type { FalFault } from '../support/fal/fal-faults.js';
import { modelFailure } from '../support/fal/fal-jobs.js';
import { FalServer } from '../support/fal/fal-server.js';
import { never, orderFor } from './generation-provider.js';

const modelId = 'fal-ai/flux-pro/v1.1-ultra';
/** Milliseconds, for tests that wait for it. */
const breakerPauseMs = 300;
const failures = falLimits.breakerFailures;

describe('the breaker before fal', () => {
  let server: FalServer;
  let provider: FalProvider;
  let job: ProviderJob;
  beforeEach(async () => {
    server = await FalServer.start();
    provider = open();
    job = { modelId, reference: await provider.submit(orderFor(modelId), never()) };
  });
  afterEach(async () => {
    await server.stop();
  });

  const open = (pauseMs = falLimits.breakerPauseMs): FalProvider =>
    new FalProvider(
      { key: new Secret(server.key), queueUrl: server.queueUrl },
      { ...falLimits, breakerPauseMs: pauseMs },
    );
  const asked = (): number => server.queueHost.seen.length;
  const fails = async (promise: Promise<unknown>): Promise<unknown> => {
    const error = await promise.then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(error).not.toBeNull();
    return error;
  };
  const broken: FalFault = { kind: 'error', status: 500, when: 'before' };
  const failLooks = async (count: number, fault: FalFault = broken): Promise<void> => {
    server.faults.on('status', fault);
    for (let look = 0; look < count; look += 1) await fails(provider.poll(job, never()));
    server.faults.clear();
  };

  it.each<[string, FalFault]>([
    ['500', broken],
    ['a lost connection', { kind: 'reset', when: 'before' }],
    ['a page', { kind: 'garbage' }],
    ['an endless answer', { kind: 'huge' }],
  ])('opens after five times %s in a row', async (_title, fault) => {
    await failLooks(failures - 1, fault);
    expect(provider.circuit).toBe('closed');
    await failLooks(1, fault);
    expect(provider.circuit).toBe('open');
  });

  it('opens when no server answers', async () => {
    await server.queueHost.refuse();
    await failLooks(failures);
    expect(provider.circuit).toBe('open');
  });

  it('makes no call while open, and a submit is certainly not accepted', async () => {
    await failLooks(failures);
    const before = asked();
    const order = orderFor(modelId);
    expect(await fails(provider.submit(order, never()))).toMatchObject({ name: 'FalUnreached' });
    expect(await fails(provider.poll(job, never()))).toMatchObject({ name: 'FalUnreached' });
    expect(asked()).toBe(before);
    expect(server.submitsFor(order.callbackUrl)).toEqual([]);
  });

  it('stays closed when an answer comes between failures', async () => {
    await failLooks(failures - 1);
    await provider.poll(job, never());
    await failLooks(failures - 1);
    expect(provider.circuit).toBe('closed');
  });

  it.each<[string, FalFault]>([
    [
      'refused content',
      {
        kind: 'error',
        status: 422,
        when: 'before',
        body: { detail: modelFailure('content_policy_violation').detail },
      },
    ],
    ['a wrong key', { kind: 'error', status: 401, when: 'before' }],
    ['too much at once', { kind: 'busy', retryAfter: '1' }],
    [
      'a model that breaks',
      {
        kind: 'error',
        status: 500,
        when: 'before',
        body: { detail: modelFailure('internal_server_error').detail },
      },
    ],
  ])('stays closed at %s', async (_title, fault) => {
    await failLooks(2 * failures, fault);
    expect(provider.circuit).toBe('closed');
  });

  it('stays closed when callers abort', async () => {
    server.faults.on('status', { kind: 'hang' });
    for (let look = 0; look < 2 * failures; look += 1) {
      const controller = new AbortController();
      const before = asked();
      const failure = fails(provider.poll(job, controller.signal));
      while (asked() === before) await sleep(5);
      controller.abort();
      await failure;
    }
    expect(provider.circuit).toBe('closed');
  });

  it('closes again after one answered probe', async () => {
    provider = open(breakerPauseMs);
    await failLooks(failures);
    await sleep(breakerPauseMs + 50);
    expect(await provider.poll(job, never())).toMatchObject({ state: 'queued' });
    expect(provider.circuit).toBe('closed');
  });

  it('opens again after one unanswered probe', async () => {
    provider = open(breakerPauseMs);
    await failLooks(failures);
    await sleep(breakerPauseMs + 50);
    await failLooks(1);
    expect(provider.circuit).toBe('open');
  });

  it('admits a single probe, and refuses the others at once', async () => {
    provider = open(breakerPauseMs);
    await failLooks(failures);
    await sleep(breakerPauseMs + 50);
    server.faults.on('status', { kind: 'hang' });
    const controller = new AbortController();
    const before = asked();
    const trial = fails(provider.poll(job, controller.signal));
    while (asked() === before) await sleep(5);
    expect(provider.circuit).toBe('half_open');
    expect(await fails(provider.submit(orderFor(modelId), never()))).toMatchObject({ name: 'FalUnreached' });
    expect(asked()).toBe(before + 1);
    // Not after waiting for how the trial ends.
    expect(provider.circuit).toBe('half_open');
    // A trial that its caller leaves proves nothing.
    controller.abort();
    await trial;
    expect(provider.circuit).toBe('open');
  });
});

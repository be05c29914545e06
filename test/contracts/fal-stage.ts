import { inspect } from 'node:util';
import { expect } from '@jest/globals';
import { Secret } from '../../config/values/secret.js';
import { falLimits, type FalLimits } from '../../src/adapters/fal/fal-limits.js';
import { FalProvider } from '../../src/adapters/fal/fal-provider.js';
import {
  failureCodes,
  GenerationRefused,
  SubmitUnknown,
  type ProviderJob,
} from '../../src/ports/generation-provider.js';
import type { FalFault } from '../support/fal/fal-faults.js';
import { FalServer } from '../support/fal/fal-server.js';
import { never, orderFor } from './generation-provider.js';

export const modelId = 'fal-ai/flux-pro/v1.1-ultra';
/** Texts of requests and of fal's answers that no error may carry, whoever prints it. */
const hiddenTexts = ['violet sea', 'what was asked', 'stand-in text'];
/** Milliseconds; long enough for a slow machine to send a request. */
const shortMs = 1500;
const short: FalLimits = {
  ...falLimits,
  submitTimeoutMs: shortMs,
  lookTimeoutMs: shortMs,
  resultsTimeoutMs: shortMs,
  cancelTimeoutMs: shortMs,
};

/** Deadlines that a fault which never ends does not make a test wait for. */
export const limitsFor = ({ kind }: FalFault): FalLimits =>
  kind === 'hang' || kind === 'drip' ? short : falLimits;

export const error = (status: number, body?: unknown, when: 'before' | 'after' = 'before'): FalFault => ({
  kind: 'error',
  status,
  when,
  body,
});

/** What an error of the provider means: the code of a refusal, `unknown` after a submit, or `later`. */
export const meaningOf = (failure: unknown): string => {
  if (failure instanceof GenerationRefused) return failure.code;
  return failure instanceof SubmitUnknown ? 'unknown' : 'later';
};

/** The provider before a stand-in of its own. */
export class FalStage {
  private constructor(readonly server: FalServer) {}

  static async open(): Promise<FalStage> {
    return new FalStage(await FalServer.start());
  }

  async close(): Promise<void> {
    expect(this.server.trap.seen).toEqual([]);
    await this.server.stop();
  }

  provider(limits = falLimits, queueUrl = this.server.queueUrl): FalProvider {
    return new FalProvider({ key: new Secret(this.server.key), queueUrl }, limits);
  }

  async submitted(provider = this.provider()): Promise<ProviderJob> {
    return { modelId, reference: await provider.submit(orderFor(modelId), never()) };
  }

  /** The error, which carries nothing that must not be seen. */
  async failureOf(promise: Promise<unknown>): Promise<unknown> {
    const outcome = await promise.then(
      (value) => ({ value }),
      (failure: unknown) => ({ failure }),
    );
    if (!('failure' in outcome)) throw new Error(`it did not fail: ${inspect(outcome.value)}`);
    const { failure } = outcome;
    const printed = inspect(failure, { depth: 12, showHidden: true });
    for (const hidden of [this.server.key, ...hiddenTexts]) expect(printed).not.toContain(hidden);
    if (failure instanceof GenerationRefused) expect(failureCodes).toContain(failure.code);
    return failure;
  }

  /** What the failure means. */
  async endOf(promise: Promise<unknown>): Promise<string> {
    return meaningOf(await this.failureOf(promise));
  }
}

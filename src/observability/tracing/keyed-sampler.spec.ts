import { randomBytes } from 'node:crypto';
import { ROOT_CONTEXT } from '@opentelemetry/api';
import { SamplingDecision } from '@opentelemetry/sdk-trace';
import { describe, expect, it } from '@jest/globals';
import { Secret } from '../../../config/values/secret.js';
import { KeyedSampler } from './keyed-sampler.js';

const secret = new Secret('4'.repeat(64));
const keptOf = (sampler: KeyedSampler, ids: readonly string[]): number =>
  ids.filter((id) => sampler.shouldSample(ROOT_CONTEXT, id).decision === SamplingDecision.RECORD_AND_SAMPLED)
    .length;
/** As a caller would choose them: the smallest there are. */
const chosen = Array.from({ length: 2000 }, (_, at) => (at + 1).toString(16).padStart(32, '0'));
const random = Array.from({ length: 2000 }, () => randomBytes(16).toString('hex'));

describe('the share of traces that are kept', () => {
  it.each([
    ['that nobody chose', random],
    ['that a caller chose', chosen],
  ])('is that of OTEL_TRACES_SAMPLER_ARG among ids %s', (_, ids) => {
    const kept = keptOf(new KeyedSampler(secret, 0.1), ids);
    // Six standard deviations around 200.
    expect(kept).toBeGreaterThan(120);
    expect(kept).toBeLessThan(280);
  });

  it('is none and all at its ends', () => {
    expect([
      keptOf(new KeyedSampler(secret, 0), chosen),
      keptOf(new KeyedSampler(secret, 1), chosen),
    ]).toEqual([0, chosen.length]);
  });

  it('is the same traces on every instance, and others under another key', () => {
    const of = (key: string) => {
      const sampler = new KeyedSampler(new Secret(key.repeat(64)), 0.5);
      return chosen.map((id) => sampler.shouldSample(ROOT_CONTEXT, id).decision);
    };
    expect(of('4')).toEqual(of('4'));
    expect(of('4')).not.toEqual(of('5'));
  });
});

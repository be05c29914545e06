import { createSecretKey, type KeyObject } from 'node:crypto';
import type { Context } from '@opentelemetry/api';
import { SamplingDecision, type Sampler, type SamplingResult } from '@opentelemetry/sdk-trace';
import { deriveKey } from '../../../config/secrets/derived-key.js';
import type { Secret } from '../../../config/values/secret.js';
import { hmacSha256 } from '../../crypto/hash.js';

const range = 2 ** 32;

/**
 * Keeps a share of the traces, each by the keyed hash of its id: every instance decides alike, and a caller, who may name the id, cannot
 * choose one that is kept.
 */
export class KeyedSampler implements Sampler {
  private readonly key: KeyObject;
  private readonly below: number;

  /** `share`: 0 to 1. */
  constructor(secret: Secret, share: number) {
    this.key = createSecretKey(deriveKey(secret, 'tracing/share'));
    this.below = share * range;
  }

  shouldSample(_context: Context, traceId: string): SamplingResult {
    const isKept = hmacSha256(this.key, traceId).readUInt32BE(0) < this.below;
    return { decision: isKept ? SamplingDecision.RECORD_AND_SAMPLED : SamplingDecision.NOT_RECORD };
  }

  toString(): string {
    return 'KeyedSampler';
  }
}

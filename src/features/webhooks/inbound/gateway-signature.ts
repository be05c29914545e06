import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../../config/config.js';
import { gatewayPolicy } from '../../../../config/policy/operations/webhooks.js';
import { equalInConstantTime, hmacSha256 } from '../../../crypto/hash.js';
import { Clock } from '../../../ports/clock.js';

/** A message to the gateway as received: null where a header is missing or malformed. */
export interface SignedMessage {
  /** Seconds since the epoch. */
  readonly timestamp: string | null;
  /** `sha256=` and the HMAC in hex. */
  readonly signature: string | null;
  readonly body: Uint8Array | null;
}

export type SignatureVerdict = 'valid' | 'missing' | 'stale' | 'wrong';

/**
 * HMAC-SHA-256 under WEBHOOK_GATEWAY_SECRET, as it is written, over the time, a point and the raw body; during a rotation the
 * previous secret counts too.
 */
@Injectable()
export class GatewaySignature {
  private readonly keys: readonly string[];

  constructor(
    @Inject(CONFIG) { webhookGatewaySecret: { current, previous } }: Config,
    private readonly clock: Clock,
  ) {
    this.keys = [current, ...(previous === null ? [] : [previous])].map((secret) => secret.reveal());
  }

  verdictOf({ timestamp, signature, body }: SignedMessage): SignatureVerdict {
    if (timestamp === null || signature === null || body === null) return 'missing';
    const seconds = this.clock.now() / 1000;
    if (!/^\d{1,12}$/.test(timestamp) || Math.abs(seconds - Number(timestamp)) > gatewayPolicy.windowSeconds)
      return 'stale';
    const isValid = this.keys
      .map((key) => `sha256=${hmacSha256(key, timestamp, '.', body).toString('hex')}`)
      .map((expected) => equalInConstantTime(expected, signature.toLowerCase()))
      .includes(true);
    return isValid ? 'valid' : 'wrong';
  }
}

import { Inject, Injectable } from '@nestjs/common';
import { webhookPolicy } from '../../../../config/policy/operations/webhook-endpoints.js';
import { CONFIG, type Config } from '../../../../config/config.js';
import { deriveKey } from '../../../../config/secrets/derived-key.js';
import { openSealed, seal } from '../../../crypto/aes-gcm.js';
import { Random } from '../../../ports/random.js';

const contextOf = (endpointId: string): string => `webhook endpoint ${endpointId}`;

/** The secrets by which webhooks are signed: kept sealed, under a key derived from WEBHOOK_GATEWAY_SECRET. */
@Injectable()
export class WebhookSecrets {
  private readonly keys: readonly [Buffer, ...Buffer[]];

  constructor(
    @Inject(CONFIG) { webhookGatewaySecret: { current, previous } }: Pick<Config, 'webhookGatewaySecret'>,
    private readonly random: Random,
  ) {
    const label = 'webhook endpoint secrets';
    this.keys = [deriveKey(current, label), ...(previous === null ? [] : [deriveKey(previous, label)])];
  }

  create(): Buffer {
    return this.random.bytes(webhookPolicy.secretBytes);
  }

  /** What is sealed for one endpoint opens for no other. */
  seal(endpointId: string, secret: Buffer): Buffer {
    return seal(this.keys[0], secret, contextOf(endpointId), (count) => this.random.bytes(count));
  }

  /** Null for what neither key opens. */
  open(endpointId: string, sealed: Buffer): Buffer | null {
    for (const key of this.keys) {
      const secret = openSealed(key, sealed, contextOf(endpointId));
      if (secret !== null) return secret;
    }
    return null;
  }
}

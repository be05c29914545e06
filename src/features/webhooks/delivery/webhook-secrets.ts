import { Inject, Injectable } from '@nestjs/common';
import { webhookPolicy } from '../../../../config/policy/operations/webhook-endpoints.js';
import { CONFIG, type Config } from '../../../../config/config.js';
import { deriveKey } from '../../../../config/secrets/derived-key.js';
import { Seal, type Opened } from '../../../crypto/seal.js';
import { Random } from '../../../ports/random.js';

const contextOf = (endpointId: string): string => `webhook endpoint ${endpointId}`;

/** The secrets by which webhooks are signed: kept sealed, under a key derived from WEBHOOK_GATEWAY_SECRET. */
@Injectable()
export class WebhookSecrets {
  private readonly sealing: Seal;

  constructor(
    @Inject(CONFIG) { webhookGatewaySecret: { current, previous } }: Pick<Config, 'webhookGatewaySecret'>,
    private readonly random: Random,
  ) {
    const label = 'webhook endpoint secrets';
    const earlier = previous === null ? [] : [deriveKey(previous, label)];
    this.sealing = new Seal([deriveKey(current, label), ...earlier], random);
  }

  create(): Buffer {
    return this.random.bytes(webhookPolicy.secretBytes);
  }

  /** What is sealed for one endpoint opens for no other. */
  seal(endpointId: string, secret: Buffer): Buffer {
    return this.sealing.seal(secret, contextOf(endpointId));
  }

  /** Null for what neither key opens. */
  open(endpointId: string, sealed: Buffer): Opened | null {
    return this.sealing.open(sealed, contextOf(endpointId));
  }
}

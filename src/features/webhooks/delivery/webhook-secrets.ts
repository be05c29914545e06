import { Inject, Injectable } from '@nestjs/common';
import { webhookPolicy } from '../../../../config/policy/operations/webhook-endpoints.js';
import { CONFIG, type Config } from '../../../../config/config.js';
import { deriveKey } from '../../../../config/secrets/derived-key.js';
import { openSealed, seal } from '../../../crypto/aes-gcm.js';
import { hmacSha256 } from '../../../crypto/hash.js';
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

  /** As the receiver configures it. */
  textOf(secret: Buffer): string {
    return `whsec_${secret.toString('base64')}`;
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

/** Headers of Standard Webhooks: a signature by each secret. `seconds`: of the attempt, since the epoch. */
export function signedHeaders(
  id: string,
  seconds: number,
  body: string,
  secrets: readonly Buffer[],
): Record<string, string> {
  const signatures = secrets.map(
    (secret) => `v1,${hmacSha256(secret, id, '.', String(seconds), '.', body).toString('base64')}`,
  );
  return {
    'content-type': 'application/json',
    'user-agent': 'velro-webhooks',
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': signatures.join(' '),
  };
}

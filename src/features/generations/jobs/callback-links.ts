import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../../config/config.js';
import { deriveKey } from '../../../../config/secrets/derived-key.js';
import { apiPrefix } from '../../../../config/policy/perimeter/http.js';
import { PublicUrl } from '../../../ports/public-url.js';
import { equalInConstantTime, hmacSha256 } from '../../../crypto/hash.js';

/** Callback URLs, one per job: each carries our MAC as proof that we issued it. */
@Injectable()
export class CallbackLinks {
  private readonly keys: readonly [Buffer, ...Buffer[]];

  constructor(
    @Inject(CONFIG) { webhookGatewaySecret: { current, previous } }: Config,
    private readonly publicUrl: PublicUrl,
  ) {
    const label = 'provider callbacks';
    this.keys = [deriveKey(current, label), ...(previous === null ? [] : [deriveKey(previous, label)])];
  }

  /** Once the address of this service is known. Rejects with the reason of `signal`. */
  async for(id: string, signal: AbortSignal): Promise<string> {
    return `${await this.publicUrl.whenKnown(signal)}/${apiPrefix}/webhooks/fal?job=${id}&proof=${sign(this.keys[0], id)}`;
  }

  proves(id: string, proof: string): boolean {
    return this.keys.some((key) => equalInConstantTime(proof, sign(key, id)));
  }
}

const sign = (key: Buffer, id: string): string => hmacSha256(key, id).toString('base64url');

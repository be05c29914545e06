import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../../config/config.js';
import { equalInConstantTime, hmacSha256 } from '../../../crypto/hash.js';

export type MessengerVerdict = 'valid' | 'missing' | 'wrong';

const shape = /^sha256=[0-9a-f]{64}$/i;

/** Proves that Meta sent a request: HMAC-SHA-256 of the raw bytes under the app's secret. SHA-1 proves nothing. */
@Injectable()
export class MessengerSignature {
  constructor(@Inject(CONFIG) private readonly config: Pick<Config, 'messenger'>) {}

  /** `signature`: the header X-Hub-Signature-256; null without one. */
  verdictOf(signature: string | null, body: Uint8Array | null): MessengerVerdict {
    if (signature === null || body === null) return 'missing';
    const { messenger } = this.config;
    if (messenger === null || !shape.test(signature)) return 'wrong';
    const expected = `sha256=${hmacSha256(messenger.appSecret.reveal(), body).toString('hex')}`;
    return equalInConstantTime(expected, signature.toLowerCase()) ? 'valid' : 'wrong';
  }

  /** Whether `token` is FACEBOOK_VERIFY_TOKEN, by which Meta shows that the subscription is ours. */
  isVerifyToken(token: string): boolean {
    const { messenger } = this.config;
    // Hashed first: the length of the token does not show either.
    return (
      messenger !== null &&
      equalInConstantTime(hmacSha256('verify', token), hmacSha256('verify', messenger.verifyToken.reveal()))
    );
  }
}

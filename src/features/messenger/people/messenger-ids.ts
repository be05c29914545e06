import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../../config/config.js';
import { deriveKey } from '../../../../config/secrets/derived-key.js';
import { openSealed, seal } from '../../../crypto/aes-gcm.js';
import { hmacSha256 } from '../../../crypto/hash.js';
import { Random } from '../../../ports/random.js';

/** What is sealed: an id at a page, a text, or the id of a person at our app. */
type Sealed = 'psid' | 'text' | 'app user';

/**
 * What is stored of the people who write to a page: their ids as keyed hashes, and ids and texts sealed, each under a key of its own,
 * derived from PSEUDONYM_KEY.
 */
@Injectable()
export class MessengerIds {
  private readonly hashKey: Buffer;
  private readonly sealKey: Buffer;

  constructor(
    @Inject(CONFIG) config: Pick<Config, 'pseudonymKey'>,
    private readonly random: Random,
  ) {
    this.hashKey = deriveKey(config.pseudonymKey.current, 'messenger ids');
    this.sealKey = deriveKey(config.pseudonymKey.current, 'messenger contents');
  }

  /** 32 bytes. */
  hashOf(pageId: string, psid: string): Buffer {
    return hmacSha256(this.hashKey, pageId, ':', psid);
  }

  /** `pageId`: what is sealed for one page, or one request, opens for no other. */
  seal(text: string, of: Sealed, pageId: string): Buffer {
    return seal(this.sealKey, Buffer.from(text), `messenger ${of} ${pageId}`, (count) =>
      this.random.bytes(count),
    );
  }

  /** Null for what was not sealed here. */
  open(sealed: Buffer, of: Sealed, pageId: string): string | null {
    return openSealed(this.sealKey, sealed, `messenger ${of} ${pageId}`)?.toString() ?? null;
  }
}

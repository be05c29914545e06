import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../../config/config.js';
import { deriveKey } from '../../../../config/secrets/derived-key.js';
import { equalInConstantTime, hmacSha256 } from '../../../crypto/hash.js';
import { bytesToUuid, uuidToBytes } from '../../../crypto/uuid.js';
import { PublicUrl } from '../../../ports/public-url.js';
import type { EmailChange } from './email-change.repository.js';

const idDigits = 32;
const tokenForm = /^[0-9a-f]{96}$/;

/**
 * Links of the mails to a new address. A token is the id of the change and a MAC over all that the change is: who reads the
 * database cannot make one, and one of another address or an earlier state of the account does not verify.
 */
@Injectable()
export class EmailChangeLinks {
  private readonly keys: readonly [Buffer, ...Buffer[]];

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly publicUrl: PublicUrl,
  ) {
    const { current, previous } = config.tokens;
    const label = 'email change';
    this.keys = [deriveKey(current, label), ...(previous === null ? [] : [deriveKey(previous, label)])];
  }

  /** A page of the frontend; the token stands in the fragment, which browsers send to nobody. */
  urlOf(change: EmailChange): string {
    const origin = this.config.corsOrigins[0] ?? this.publicUrl.get();
    return `${origin}/auth/email-change#token=${this.tokenOf(change)}`;
  }

  /** The id that a token names, before anything about it is verified; null when it cannot be a token. */
  idIn(token: string): string | null {
    return tokenForm.test(token) ? bytesToUuid(Buffer.from(token.slice(0, idDigits), 'hex')) : null;
  }

  isOf(change: EmailChange, token: string): boolean {
    return this.keys.some((key) => equalInConstantTime(token, tokenBy(key, change)));
  }

  private tokenOf(change: EmailChange): string {
    return tokenBy(this.keys[0], change);
  }
}

/** 96 hexadecimal digits. */
function tokenBy(key: Buffer, { id, email, epoch }: EmailChange): string {
  const bytes = uuidToBytes(id);
  return Buffer.concat([bytes, hmacSha256(key, bytes, String(epoch), '\n', email)]).toString('hex');
}

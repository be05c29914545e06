import { Injectable } from '@nestjs/common';
import { accessTokenPolicy } from '../../../config/policy/accounts/tokens.js';
import { Clock } from '../../ports/clock.js';
import { TokenUses } from '../../ports/accounts/token-uses.js';
import type { Caller } from '../route/caller.js';
import { BoundedCache } from '../../cache/bounded-cache.js';

/** Characters of an HS512 signature in base64url, at the end of the header. */
const signatureLength = 86;

interface Verified {
  /** The whole header: the signature alone, used as key of the cache, does not identify the claims before it. */
  readonly authorization: string;
  readonly caller: Caller;
}

/**
 * Cache of tokens with verified signature and claims, by the header that carried them. Expiry and revocation are
 * checked on every request.
 */
@Injectable()
export class VerifiedTokens {
  private readonly verified = new BoundedCache<Verified>(accessTokenPolicy.verifiedAtMost);

  constructor(
    private readonly uses: TokenUses,
    private readonly clock: Clock,
  ) {}

  /** The caller of a header that was verified before; undefined when it was not, or has expired since. */
  find(authorization: string): Caller | undefined {
    const signature = authorization.slice(-signatureLength);
    const found = this.verified.get(signature);
    if (found?.authorization !== authorization) return undefined;
    if (found.caller.expiresAt * 1000 > this.clock.now()) return found.caller;
    this.verified.delete(signature);
    return undefined;
  }

  /** Keeps a token that was verified now; unless it is kept already, it is used for the first time as far as this process knows. */
  keep(authorization: string, caller: Caller): void {
    const signature = authorization.slice(-signatureLength);
    if (this.verified.get(signature)?.authorization === authorization) return;
    this.uses.note(caller.tokenId);
    this.verified.set(signature, { authorization, caller });
  }
}

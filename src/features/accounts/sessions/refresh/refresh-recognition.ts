import { Injectable } from '@nestjs/common';
import { threatPolicy } from '../../../../../config/policy/perimeter/threats.js';
import { BoundedCache } from '../../../../cache/bounded-cache.js';
import { decodeBase64url } from '../../../../crypto/base64url.js';
import { Problem } from '../../../../errors/problem.js';
import type { ClientContext } from '../../../../network/client-context.js';
import { SecurityEvents } from '../../../../observability/security-events.js';
import { addressBlocked } from '../../../../perimeter/hooks/blocked-address.hook.js';
import { Clock } from '../../../../ports/clock.js';
import type { Block } from '../../../../threats/blocks.repository.js';
import { refreshTokenUnknown } from '../../accounts.events.js';
import { RefreshTokensRepository } from './refresh-tokens.repository.js';
import { refreshTokenHash, sessionOf } from './refresh-token.js';

/** Shows which session a refresh token belongs to: until then nothing that the token says is believed. */
@Injectable()
export class RefreshRecognition {
  /** Tokens that were refused: the same one again is no further evidence. */
  private readonly refused = new BoundedCache<true>(threatPolicy.maxRefused);

  constructor(
    private readonly refreshTokens: RefreshTokensRepository,
    private readonly events: SecurityEvents,
    private readonly clock: Clock,
  ) {}

  /**
   * The session of a token that was issued to it, also one that was used or whose session has ended. Another token is one
   * event; from a blocked address it is refused as everything from there.
   * @throws Problem `refresh_token_invalid`, `address_blocked`
   */
  async sessionOf(token: string, client: ClientContext, block: Block | null): Promise<string> {
    // Text that is no token of ours costs no query.
    if (decodeBase64url(token) !== null) {
      const id = sessionOf(token);
      if (await this.refreshTokens.exists(id, token)) return id;
    }
    if (block !== null) throw addressBlocked(block, this.clock.now());
    refreshTokenUnknown(this.events, client, this.isRepeated(token));
    throw new Problem('refresh_token_invalid');
  }

  private isRepeated(token: string): boolean {
    const key = refreshTokenHash(token).toString('base64');
    if (this.refused.get(key) === true) return true;
    this.refused.set(key, true);
    return false;
  }
}

import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { mfaRequiredFor } from '../../../../config/policy/accounts/mfa.js';
import { accessTokenPolicy } from '../../../../config/policy/accounts/tokens.js';
import { TokenKeys } from '../../../guards/token/token-keys.js';
import { Clock } from '../../../ports/clock.js';
import { Random } from '../../../ports/random.js';
import type { User } from '../../users/users.service.js';

/** What a token says. Times in seconds since the epoch. */
interface Signed {
  readonly user: User;
  readonly sessionId: string;
  readonly authTime: number;
  /**
   * Read before the session and the account are: whatever this process waits for in between, a token ends no later than the revocation of a
   * session that was ended meanwhile.
   */
  readonly issuedAt: number;
  readonly mfaEnabled: boolean;
  /** A random one where none is given. */
  readonly tokenId?: string;
}

/** Signs access tokens (JWT, RFC 9068): HS512, valid for 15 minutes, bound to a session and to the user's epoch. */
@Injectable()
export class AccessTokens {
  constructor(
    private readonly jwt: JwtService,
    private readonly keys: TokenKeys,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  /** The present second since the epoch, for `issuedAt`. */
  now(): number {
    return Math.floor(this.clock.now() / 1000);
  }

  sign({ user, sessionId, authTime, issuedAt, mfaEnabled, tokenId = this.random.uuid() }: Signed): string {
    const { kid, key } = this.keys.current;
    return this.jwt.sign(
      {
        iss: accessTokenPolicy.issuer,
        aud: accessTokenPolicy.audience,
        sub: user.id,
        jti: tokenId,
        sid: sessionId,
        role: mfaRequiredFor.includes(user.role) && !mfaEnabled ? 'enrolling' : user.role,
        ver: user.epoch,
        auth_time: authTime,
        iat: issuedAt,
        nbf: issuedAt,
        exp: issuedAt + accessTokenPolicy.lifetimeSeconds,
      },
      { privateKey: key, algorithm: 'HS512', header: { alg: 'HS512', typ: 'at+jwt', kid } },
    );
  }
}

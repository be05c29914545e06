import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { mfaRequiredFor } from '../../../../config/policy/accounts/mfa.js';
import { accessTokenPolicy } from '../../../../config/policy/accounts/tokens.js';
import { TokenKeys } from '../../../guards/token/token-keys.js';
import { Clock } from '../../../ports/clock.js';
import { Random } from '../../../ports/random.js';
import type { User } from '../../users/users.service.js';

/** Signs access tokens (JWT, RFC 9068): HS512, valid for 15 minutes, bound to a session and to the user's epoch. */
@Injectable()
export class AccessTokens {
  constructor(
    private readonly jwt: JwtService,
    private readonly keys: TokenKeys,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  /** `authTime` in seconds since the epoch. */
  sign(
    user: User,
    sessionId: string,
    authTime: number,
    mfaEnabled: boolean,
    tokenId = this.random.uuid(),
  ): string {
    const iat = Math.floor(this.clock.now() / 1000);
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
        iat,
        nbf: iat,
        exp: iat + accessTokenPolicy.lifetimeSeconds,
      },
      { privateKey: key, algorithm: 'HS512', header: { alg: 'HS512', typ: 'at+jwt', kid } },
    );
  }
}

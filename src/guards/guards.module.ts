import { Module } from '@nestjs/common';
import { APP_GUARD, DiscoveryModule } from '@nestjs/core';
import { ThrottlerModule, type ThrottlerModuleOptions } from '@nestjs/throttler';
import { CONFIG, type Config } from '../../config/config.js';
import { RateLimiter } from '../perimeter/limits/rate-limiter.js';
import { PassportModule } from '@nestjs/passport';
import { AccessTokenStrategy } from './token/access-token.strategy.js';
import { ClosedByDefault } from './route/closed-by-default.js';
import { CrossSite } from './operator/cross-site.js';
import { Gate, GUARDS, guards, type Guard } from './gate.js';
import { KeyCallers } from './token/key-callers.js';
import { OperatorAddresses } from './operator/operator-addresses.js';
import { OperatorCredentials } from './operator/operator-credentials.js';
import { RoutePolicies } from './route/route-policy.js';
import { RouteTable } from './route/route-table.js';
import { TokenKeys } from './token/token-keys.js';
import { VerifiedTokens } from './token/verified-tokens.js';

@Module({
  imports: [
    PassportModule.register({ session: false }),
    DiscoveryModule,
    ThrottlerModule.forRootAsync({ inject: [CONFIG, RateLimiter], useFactory: throttling }),
  ],
  providers: [
    TokenKeys,
    AccessTokenStrategy,
    KeyCallers,
    VerifiedTokens,
    ClosedByDefault,
    CrossSite,
    OperatorAddresses,
    OperatorCredentials,
    RouteTable,
    RoutePolicies,
    ...guards,
    { provide: GUARDS, inject: [...guards], useFactory: (...made: Guard[]) => made },
    { provide: APP_GUARD, useClass: Gate },
  ],
  exports: [TokenKeys],
})
export class GuardsModule {}

/** The rules with the limits of the configuration, over our counters. */
function throttling({ rateLimits }: Config, storage: RateLimiter): ThrottlerModuleOptions {
  const throttlers = Object.entries(rateLimits).map(([name, { limit, windowSeconds }]) => ({
    name,
    limit,
    ttl: windowSeconds * 1000,
  }));
  return { throttlers, storage };
}

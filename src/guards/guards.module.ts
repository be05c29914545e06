import { Module } from '@nestjs/common';
import { APP_GUARD, DiscoveryModule } from '@nestjs/core';
import { ThrottlerModule, type ThrottlerModuleOptions } from '@nestjs/throttler';
import { CONFIG, type Config } from '../../config/config.js';
import { RateLimiter } from '../perimeter/rate-limiter.js';
import { PassportModule } from '@nestjs/passport';
import { AccessTokenStrategy } from './access-token.strategy.js';
import { BlockGuard } from './block.guard.js';
import { ClosedByDefault } from './closed-by-default.js';
import { DetectionGuard } from './detection.guard.js';
import { CrossSite } from './cross-site.js';
import { KeyCallers } from './key-callers.js';
import { LimitGuard } from './limit.guard.js';
import { OperatorAddresses } from './operator-addresses.js';
import { OperatorCredentials } from './operator-credentials.js';
import { OperatorGuard } from './operator.guard.js';
import { OperatorsGuard } from './operators.guard.js';
import { RoutePolicies } from './route-policy.js';
import { RouteTable } from './route-table.js';
import { RoleGuard } from './role.guard.js';
import { ScopeGuard } from './scope.guard.js';
import { StepUpGuard } from './step-up.guard.js';
import { TokenGuard } from './token.guard.js';
import { TokenKeys } from './token-keys.js';
import { VerifiedTokens } from './verified-tokens.js';

/** Who may pass, in this order. */
const guards = [
  TokenGuard,
  OperatorGuard,
  BlockGuard,
  DetectionGuard,
  RoleGuard,
  ScopeGuard,
  OperatorsGuard,
  StepUpGuard,
  LimitGuard,
];

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
    ...guards.map((guard) => ({ provide: APP_GUARD, useClass: guard })),
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

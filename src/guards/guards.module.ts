import { Module } from '@nestjs/common';
import { APP_GUARD, DiscoveryModule } from '@nestjs/core';
import { PassportModule } from '@nestjs/passport';
import { AccessTokenStrategy } from './access-token.strategy.js';
import { ClosedByDefault } from './closed-by-default.js';
import { KeyCallers } from './key-callers.js';
import { LimitGuard } from './limit.guard.js';
import { OperatorsGuard } from './operators.guard.js';
import { RouteTable } from './route-table.js';
import { RoleGuard } from './role.guard.js';
import { ScopeGuard } from './scope.guard.js';
import { StepUpGuard } from './step-up.guard.js';
import { TokenGuard } from './token.guard.js';
import { TokenKeys } from './token-keys.js';

/** Who may pass, in this order. */
const guards = [TokenGuard, RoleGuard, ScopeGuard, OperatorsGuard, StepUpGuard, LimitGuard];

@Module({
  imports: [PassportModule.register({ session: false }), DiscoveryModule],
  providers: [
    TokenKeys,
    AccessTokenStrategy,
    KeyCallers,
    ClosedByDefault,
    RouteTable,
    ...guards.map((guard) => ({ provide: APP_GUARD, useClass: guard })),
  ],
  exports: [TokenKeys],
})
export class GuardsModule {}

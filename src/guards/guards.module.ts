import { Module } from '@nestjs/common';
import { APP_GUARD, DiscoveryModule } from '@nestjs/core';
import { PassportModule } from '@nestjs/passport';
import { AccountShares } from './account-shares.js';
import { AccessTokenStrategy } from './token/access-token.strategy.js';
import { AccessPolicyCheck } from './route/access-policy-check.js';
import { CsrfCheck } from './operator/csrf.js';
import { GuardChain, GUARDS, guards, type Guard } from './guard-chain.js';
import { ApiKeyStrategy } from './token/api-key.strategy.js';
import { OtherCredentials } from './token/other-credentials.js';
import { VisitorStrategy } from './token/visitor.strategy.js';
import { VisitorTokens } from './token/visitor-tokens.js';
import { AdminAllowlist } from './operator/admin-allowlist.js';
import { OperatorCredentials } from './operator/operator-credentials.js';
import { RoutePolicies } from './route/route-policy.js';
import { RouteTable } from './route/route-table.js';
import { TokenKeys } from './token/token-keys.js';
import { RefusedCredentials } from './token/refused-credentials.js';
import { VerifiedTokens } from './token/verified-tokens.js';

@Module({
  imports: [PassportModule.register({ session: false }), DiscoveryModule],
  providers: [
    TokenKeys,
    AccessTokenStrategy,
    ApiKeyStrategy,
    VisitorStrategy,
    VisitorTokens,
    OtherCredentials,
    RefusedCredentials,
    VerifiedTokens,
    AccessPolicyCheck,
    CsrfCheck,
    AdminAllowlist,
    OperatorCredentials,
    AccountShares,
    RouteTable,
    RoutePolicies,
    ...guards,
    { provide: GUARDS, inject: [...guards], useFactory: (...made: Guard[]) => made },
    { provide: APP_GUARD, useClass: GuardChain },
  ],
  exports: [TokenKeys, RouteTable, VisitorTokens],
})
export class GuardsModule {}

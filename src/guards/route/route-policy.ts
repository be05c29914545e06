import { Injectable, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { rateLimits, type RateLimitName } from '../../../config/policy/perimeter/rate-limits.js';
import type { RouteScope } from '../../../config/policy/accounts/scopes.js';
import { accessKey, opaqueBodyKey, signedKey, type Access } from './access.js';
import { adminAddressOnlyKey } from './admin.js';
import { isLimitedBy, isUnlimited } from './limit.js';
import { longLivedKey } from './long-lived.js';
import { keysOnlyKey, scopeKey } from './scope.js';
import { signInRouteKey } from './sign-in-route.js';
import { stepUpKey } from './step-up.js';

/** The policy of a route, from its decorators. */
export interface RoutePolicy {
  /** Undefined when the route declares no access. */
  readonly access: Access | undefined;
  readonly stepUp: boolean;
  /** Whether it is closed while sign-ins are. */
  readonly signsIn: boolean;
  /** Whether the feature verifies a signature over the raw body. */
  readonly signed: boolean;
  /** Whether the body is left out when the request is inspected for attacks. */
  readonly opaqueBody: boolean;
  /** The scope that an API key needs, or `visitor`; null when neither is accepted. */
  readonly scope: RouteScope | null;
  /** Whether access tokens are refused. */
  readonly keysOnly: boolean;
  readonly adminAddressOnly: boolean;
  /** Whether an answer may last as long as its connection: bounded by its feature. */
  readonly longLived: boolean;
  /** Null: limited elsewhere, or not worth limiting. */
  readonly limit: RateLimitName | null;
}

export type Handler = (...parameters: never[]) => unknown;

const rules = Object.keys(rateLimits) as RateLimitName[];

/** Reads the decorators of a route and caches them for the guards. */
@Injectable()
export class RoutePolicies {
  private readonly known = new WeakMap<Handler, RoutePolicy>();

  constructor(private readonly reflector: Reflector) {}

  of(context: ExecutionContext): RoutePolicy {
    const handler = context.getHandler() as Handler;
    return this.known.get(handler) ?? this.read(handler, context.getClass<unknown>());
  }

  read(
    handler: Handler,
    controller: Handler | (abstract new (...parameters: never[]) => unknown),
  ): RoutePolicy {
    const targets: [Handler, Handler] = [handler, controller as Handler];
    const flag = (key: string): boolean =>
      this.reflector.getAllAndOverride<boolean | undefined>(key, targets) === true;
    const policy: RoutePolicy = {
      access: this.reflector.getAllAndOverride<Access | undefined>(accessKey, targets),
      stepUp: flag(stepUpKey),
      signsIn: flag(signInRouteKey),
      signed: flag(signedKey),
      opaqueBody: flag(opaqueBodyKey),
      scope: this.reflector.get<RouteScope | undefined>(scopeKey, handler) ?? null,
      keysOnly: flag(keysOnlyKey),
      adminAddressOnly: flag(adminAddressOnlyKey),
      longLived: flag(longLivedKey),
      limit: this.limitOf(targets),
    };
    this.known.set(handler, policy);
    return policy;
  }

  /** The method's decorator wins over the class's, and that over the default rule. */
  private limitOf(targets: readonly Handler[]): RateLimitName | null {
    for (const target of targets) {
      if (isUnlimited(target)) return null;
      const named = rules.find((rule) => isLimitedBy(target, rule));
      if (named !== undefined) return named;
    }
    return 'api_standard';
  }
}

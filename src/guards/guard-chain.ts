import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { BlockGuard } from './block.guard.js';
import { DetectionGuard } from './detection.guard.js';
import { LimitGuard } from './limit.guard.js';
import { OperatorGuard } from './operator/operator.guard.js';
import { AdminAddressGuard } from './operator/admin-address.guard.js';
import { RoleGuard } from './role.guard.js';
import { RoutePolicies, type RoutePolicy } from './route/route-policy.js';
import { ScopeGuard } from './scope.guard.js';
import { StepUpGuard } from './step-up.guard.js';
import { TokenGuard } from './token/token.guard.js';

/** A guard of ours. */
export interface Guard {
  /** Whether the decorators of a route give it something to ask. */
  concerns(policy: RoutePolicy): boolean;
  /** Throws, or lets pass: at once where nothing has to be waited for. */
  canActivate(context: ExecutionContext): boolean | Promise<boolean>;
}

/** Who may pass, in this order. */
export const guards = [
  TokenGuard,
  OperatorGuard,
  BlockGuard,
  DetectionGuard,
  RoleGuard,
  ScopeGuard,
  AdminAddressGuard,
  StepUpGuard,
  LimitGuard,
] as const;

export const GUARDS = Symbol('guards');

/** The one guard that the framework knows: it asks ours in their order, and of them only those whom a route concerns. */
@Injectable()
export class GuardChain implements CanActivate {
  private readonly byPolicy = new WeakMap<RoutePolicy, readonly Guard[]>();

  constructor(
    private readonly policies: RoutePolicies,
    @Inject(GUARDS) private readonly guards: readonly Guard[],
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const policy = this.policies.of(context);
    return runFrom(this.byPolicy.get(policy) ?? this.choose(policy), 0, context);
  }

  private choose(policy: RoutePolicy): readonly Guard[] {
    const chosen = this.guards.filter((guard) => guard.concerns(policy));
    this.byPolicy.set(policy, chosen);
    return chosen;
  }
}

function runFrom(
  chosen: readonly Guard[],
  from: number,
  context: ExecutionContext,
): boolean | Promise<boolean> {
  for (let at = from; at < chosen.length; at++) {
    const verdict = chosen[at]?.canActivate(context);
    if (verdict instanceof Promise)
      return verdict.then((passes) => passes && runFrom(chosen, at + 1, context));
    if (verdict !== true) return false;
  }
  return true;
}

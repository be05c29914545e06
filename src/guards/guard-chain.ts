import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { BlockGuard } from './block.guard.js';
import { ConcurrencyGuard } from './concurrency.guard.js';
import { DetectionGuard } from './detection.guard.js';
import { LimitGuard } from './limit.guard.js';
import { OperatorGuard } from './operator/operator.guard.js';
import { AdminAddressGuard } from './operator/admin-address.guard.js';
import { RoleGuard } from './role.guard.js';
import { RoutePolicies, type RoutePolicy } from './route/route-policy.js';
import { ScopeGuard } from './scope.guard.js';
import { SignInGuard } from './sign-in.guard.js';
import { StepUpGuard } from './step-up.guard.js';
import { TokenGuard } from './token/token.guard.js';

/** A guard of the chain. */
export interface Guard {
  /** Whether the guard applies to a route, by its decorators. */
  concerns(policy: RoutePolicy): boolean;
  /** Throws, or returns true; synchronously where nothing is awaited. */
  canActivate(context: ExecutionContext): boolean | Promise<boolean>;
}

/** The guards, in the order in which they run. */
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
  SignInGuard,
  ConcurrencyGuard,
] as const;

export const GUARDS = Symbol('guards');

/**
 * The only guard registered with Nest: runs the guards of the chain in order, each only on the routes that it applies
 * to.
 */
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

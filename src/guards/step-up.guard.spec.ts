import { describe, expect, it } from '@jest/globals';
import { Reflector } from '@nestjs/core';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { MfaController } from '../features/accounts/second-factor/mfa.controller.js';
import { Log } from '../observability/log.js';
import { Problem } from '../errors/problem.js';
import { SecurityEvents } from '../observability/security-events.js';
import { Clock } from '../ports/clock.js';
import { SignedIn } from './route/access.js';
import { GuardChain } from './guard-chain.js';
import { RoutePolicies } from './route/route-policy.js';
import { StepUpGuard } from './step-up.guard.js';
import { StepUp } from './route/step-up.js';

class Routes {
  @SignedIn()
  plain(): void {
    // Only its metadata matter.
  }

  @SignedIn()
  @StepUp()
  guarded(): void {
    // The same.
  }
}

const now = 1_800_000_000;
class Fixed extends Clock {
  now(): number {
    return now * 1000 + 999;
  }
  monotonic(): number {
    return 0;
  }
}

const guard = new GuardChain(new RoutePolicies(new Reflector()), [
  new StepUpGuard(new Fixed(), new SecurityEvents(Log.silent())),
]);

function refusal(
  controller: typeof Routes | typeof MfaController,
  route: string,
  age: number | null,
): unknown {
  const caller = age === null ? {} : { caller: { userId: 'u', authTime: now - age } };
  const request = {
    clientAddress: { ip: '127.0.0.1', key: '127.0.0.1' },
    method: 'POST',
    routeOptions: { url: '/route' },
    id: 'r',
    headers: {},
    ...caller,
  };
  const handler = Object.getOwnPropertyDescriptor(controller.prototype, route)?.value;
  if (typeof handler !== 'function') throw new Error(`no such route: ${route}`);
  try {
    return guard.canActivate(new ExecutionContextHost([request], controller, handler)) ? null : 'false';
  } catch (error) {
    return error;
  }
}

describe('the step-up guard', () => {
  it.each([
    ['plain', 0],
    ['plain', 100_000],
    ['plain', null],
    ['guarded', 0],
    ['guarded', 599],
    ['guarded', 600],
    ['guarded', -30],
  ] as const)('on the route "%s" lets a proof pass that is %p seconds old', (route, age) => {
    expect(refusal(Routes, route, age)).toBeNull();
  });

  it.each([601, 3600, 100_000_000, Number.NaN, null])(
    'refuses a proof that is %p seconds old, and says what would do',
    (age) => {
      const problem = refusal(Routes, 'guarded', age);
      expect(problem).toBeInstanceOf(Problem);
      expect(problem).toMatchObject({
        code: 'step_up_required',
        status: 401,
        parts: {
          headers: {
            'www-authenticate':
              'Bearer realm="velro", error="insufficient_user_authentication", max_age="600"',
          },
        },
      });
    },
  );

  it.each(['enroll', 'activate', 'recoveryCodes', 'remove'])(
    'stands before the second factor\'s route "%s"',
    (route) => {
      expect(refusal(MfaController, route, 601)).toMatchObject({ code: 'step_up_required' });
      expect(refusal(MfaController, route, 600)).toBeNull();
    },
  );
});

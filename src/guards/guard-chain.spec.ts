import { describe, expect, it } from '@jest/globals';
import { Reflector } from '@nestjs/core';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { Open, SignedIn } from './route/access.js';
import { GuardChain, type Guard } from './guard-chain.js';
import { RoutePolicies } from './route/route-policy.js';

class Routes {
  @Open()
  open(): void {
    // Only its metadata matter.
  }

  @SignedIn()
  closed(): void {
    // The same.
  }
}

const context = (route: keyof Routes): ExecutionContextHost =>
  new ExecutionContextHost([{}], Routes, Routes.prototype[route]);

/** A guard that notes when it is asked, and answers `verdict`. */
const noting = (
  asked: string[],
  name: string,
  verdict: () => boolean | Promise<boolean>,
  concerns = true,
): Guard => ({
  concerns: () => concerns,
  canActivate: () => {
    asked.push(name);
    return verdict();
  },
});

const gate = (guards: readonly Guard[]): GuardChain =>
  new GuardChain(new RoutePolicies(new Reflector()), guards);
const yes = (): boolean => true;
const later = (): Promise<boolean> => Promise.resolve(true);

describe('the guard chain', () => {
  it('runs the guards in order, asynchronous ones too', async () => {
    const asked: string[] = [];
    const guards = ['a', 'b', 'c', 'd'].map((name, at) => noting(asked, name, at % 2 === 0 ? later : yes));
    expect(await gate(guards).canActivate(context('closed'))).toBe(true);
    expect(asked).toEqual(['a', 'b', 'c', 'd']);
  });

  it('answers synchronously when no guard is asynchronous', () => {
    expect(gate([noting([], 'a', yes), noting([], 'b', yes)]).canActivate(context('closed'))).toBe(true);
  });

  it('skips guards that do not apply to the route', () => {
    const asked: string[] = [];
    const forClosed: Guard = {
      concerns: ({ access }) => access?.kind !== 'open',
      canActivate: () => asked.push('closed') > 0,
    };
    const both = gate([forClosed, noting(asked, 'all', yes)]);
    void both.canActivate(context('open'));
    void both.canActivate(context('closed'));
    void both.canActivate(context('open'));
    expect(asked).toEqual(['all', 'closed', 'all', 'all']);
  });

  it.each([
    ['at once', (): boolean => false],
    ['later', (): Promise<boolean> => Promise.resolve(false)],
  ])('runs no guard after a refusal that came %s', async (_when, no) => {
    const asked: string[] = [];
    expect(await gate([noting(asked, 'a', no), noting(asked, 'b', yes)]).canActivate(context('closed'))).toBe(
      false,
    );
    expect(asked).toEqual(['a']);
  });

  it.each([
    ['at once', (): boolean => raise()],
    ['later', (): Promise<boolean> => Promise.reject(new Error('refused'))],
  ])('runs no guard after an error that came %s', async (_when, fails) => {
    const asked: string[] = [];
    const both = gate([noting(asked, 'a', later), noting(asked, 'b', fails), noting(asked, 'c', yes)]);
    await expect(Promise.resolve(both.canActivate(context('closed')))).rejects.toThrow('refused');
    expect(asked).toEqual(['a', 'b']);
  });
});

function raise(): never {
  throw new Error('refused');
}

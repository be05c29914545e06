import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Problem } from '../errors/problem.js';
import { clientContextOf } from '../network/client-context.js';
import { SecurityEvents } from '../observability/security-events.js';
import { AccountShares } from './account-shares.js';
import { concurrencyExceeded } from './guards.events.js';
import { replyOf, requestOf } from './route/http-context.js';
import type { RoutePolicy } from './route/route-policy.js';

/** Bounds how many requests of one account run at once. Runs last: a request that waits has passed every other guard. */
@Injectable()
export class ConcurrencyGuard implements CanActivate {
  constructor(
    private readonly shares: AccountShares,
    private readonly events: SecurityEvents,
  ) {}

  concerns({ access, longLived }: RoutePolicy): boolean {
    return access?.kind === 'signed-in' && !longLived;
  }

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const request = requestOf(context);
    const account = request.caller?.userId;
    if (account === undefined) return true;
    const taken = this.shares.take(account);
    if (taken === true) return this.held(account, replyOf(context));
    return Promise.resolve(taken).then((isTaken) => {
      if (isTaken) return this.held(account, replyOf(context));
      concurrencyExceeded(this.events, clientContextOf(request));
      throw new Problem('concurrency_exceeded', { headers: { 'retry-after': '1' } });
    });
  }

  /** The place is released with the end of the answer, or of the connection. */
  private held(account: string, { raw }: FastifyReply): true {
    const release = (): void => {
      this.shares.release(account);
    };
    if (raw.destroyed) release();
    else raw.once('close', release);
    return true;
  }
}

import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Problem } from '../errors/problem.js';
import { clientContextOf } from '../network/client-context.js';
import { SecurityEvents } from '../observability/security-events.js';
import { AccountShares } from './account-shares.js';
import { concurrencyExceeded } from './guards.events.js';
import { replyOf, requestOf } from './route/http-context.js';
import { sharerOf } from './route/caller.js';
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
    if (request.caller === undefined) return true;
    const account = sharerOf(request.caller);
    const taken = this.shares.take(account);
    if (taken === true) return this.held(account, replyOf(context));
    return Promise.resolve(taken).then((isTaken) => {
      if (isTaken) return this.held(account, replyOf(context));
      concurrencyExceeded(this.events, clientContextOf(request));
      throw new Problem('concurrency_exceeded', { headers: { 'retry-after': '1' } });
    });
  }

  /**
   * The place is released once the route has answered and its answer, or the connection, has ended: after an abort its statements
   * still run, and hold connections of the database.
   */
  private held(account: string, reply: FastifyReply): true {
    const { raw, send } = reply;
    let left = 2;
    const end = (): void => {
      left -= 1;
      if (left === 0) this.shares.release(account);
    };
    if (raw.destroyed) end();
    else raw.once('close', end);
    reply.send = (payload?: unknown) => {
      reply.send = send;
      end();
      return send.call(reply, payload);
    };
    return true;
  }
}

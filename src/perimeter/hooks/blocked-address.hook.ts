import type { FastifyInstance } from 'fastify';
import { blockDeferredPath, blockExemptPaths } from '../../../config/policy/perimeter/threats.js';
import { Problem } from '../../errors/problem.js';
import type { Clock } from '../../ports/clock.js';
import type { BlockList } from '../../threats/block-list.js';
import type { Block } from '../../threats/blocks.repository.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The block of its address, when the request has credentials that may exempt it: the block guard decides. */
    block?: Block;
  }
}

const exempt: ReadonlySet<string | undefined> = new Set(blockExemptPaths);

/** Refuses requests from a blocked address before any other work. */
export function refuseBlockedAddresses(server: FastifyInstance, blocks: BlockList, clock: Clock): void {
  server.addHook('onRequest', (request, _reply, done) => {
    const block = blocks.find(request.clientAddress.key);
    if (block === null || exempt.has(request.routeOptions.url)) {
      done();
      return;
    }
    const { authorization, 'x-device-token': device } = request.headers;
    const isDeferred = request.routeOptions.url === blockDeferredPath;
    const hasNoCredentials = authorization === undefined && device === undefined && !isDeferred;
    if (request.is404 || hasNoCredentials) {
      done(addressBlocked(block, clock.now()));
      return;
    }
    request.block = block;
    done();
  });
}

/** Problem `address_blocked`, with Retry-After until the block expires. */
export function addressBlocked({ expiresAt }: Block, now: number): Problem {
  const seconds = Math.max(1, Math.ceil((expiresAt.getTime() - now) / 1000));
  return new Problem('address_blocked', { headers: { 'retry-after': String(seconds) } });
}

import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { CONFIG, type Config } from '../../config/config.js';
import { BlockList } from '../threats/block-list.js';
import { addressBlocked } from '../perimeter/hooks/blocked-address.hook.js';
import { Clock } from '../ports/clock.js';
import { KnownDevices } from '../ports/accounts/known-devices.js';
import { deviceTokenOf } from '../network/client-context.js';
import { namedAccount } from './limit-keys.js';
import { requestOf } from './route/http-context.js';
import { RoutePolicies } from './route/route-policy.js';

/**
 * Runs right after the token guard: refuses unauthenticated requests and visitors from a blocked address. A signed-in caller passes,
 * unless blocked itself at this address; so do the operator and a sign-in from a known device.
 */
@Injectable()
export class BlockGuard implements CanActivate {
  private readonly enforced: boolean;

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly policies: RoutePolicies,
    private readonly blocks: BlockList,
    private readonly knownDevices: KnownDevices,
    private readonly clock: Clock,
  ) {
    this.enforced = config.threatResponses === 'enforce';
  }

  concerns(): boolean {
    return this.enforced;
  }

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const request = requestOf(context);
    const { caller, operator, block, clientAddress } = request;
    // Anybody gets the token of a visitor.
    if (caller !== undefined && caller.visitor === undefined) {
      const own = this.blocks.find(clientAddress.key, caller.userId);
      if (own !== null) throw addressBlocked(own, this.clock.now());
      return true;
    }
    if (block === undefined || operator !== undefined) return true;
    // The route applies it, once the token is shown to belong to a session.
    if (this.policies.of(context).limit === 'auth_refresh') return true;
    return this.admitKnownDevice(context, request, block);
  }

  private async admitKnownDevice(
    context: ExecutionContext,
    request: FastifyRequest,
    block: NonNullable<FastifyRequest['block']>,
  ): Promise<boolean> {
    const account = this.policies.of(context).limit === 'auth_login' ? namedAccount(request.body) : null;
    if (account !== null && (await this.knownDevices.isKnownDevice(deviceTokenOf(request), account)))
      return true;
    throw addressBlocked(block, this.clock.now());
  }
}

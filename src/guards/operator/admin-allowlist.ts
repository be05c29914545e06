import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { CONFIG, type Config } from '../../../config/config.js';
import { Problem } from '../../errors/problem.js';
import { SecurityEvents } from '../../observability/security-events.js';
import { AddressRanges } from '../../network/address-ranges.js';
import { clientContextOf } from '../../network/client-context.js';
import { adminAddressRefused } from '../guards.events.js';

/** ADMIN_IP_ALLOWLIST: the allowed addresses of operators and administrators. */
@Injectable()
export class AdminAllowlist {
  private readonly ranges: AddressRanges | null;

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly events: SecurityEvents,
  ) {
    const { ipAllowlist } = config.operator;
    this.ranges = ipAllowlist.length === 0 ? null : new AddressRanges(ipAllowlist);
  }

  /** @throws Problem `forbidden` */
  require(request: FastifyRequest): void {
    if (this.ranges?.hold(request.clientAddress.ip) !== false) return;
    adminAddressRefused(this.events, clientContextOf(request));
    throw new Problem('forbidden');
  }
}

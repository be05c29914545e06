import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { CONFIG, type Config } from '../../../config/config.js';
import { Problem } from '../../errors/problem.js';
import { SecurityEvents } from '../../observability/security-events.js';
import { AddressRanges } from '../../network/address-ranges.js';

/** ADMIN_IP_ALLOWLIST: from where operators and administrators come. */
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
  require({ caller, clientAddress, id }: FastifyRequest): void {
    if (this.ranges?.hold(clientAddress.ip) !== false) return;
    this.events.record({
      event: 'authz_fail',
      signal: 'role_refused',
      level: 'HIGH',
      text: 'AUTHORIZATION address refused',
      sourceIp: clientAddress.ip,
      requestId: id,
      ...(caller === undefined ? {} : { userId: caller.userId }),
      response: 'refused',
    });
    throw new Problem('forbidden');
  }
}

import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../../config/config.js';
import { AddressRanges } from '../../../network/address-ranges.js';

/** WEBHOOK_GATEWAY_ALLOWLIST: where messages to the gateway may come from; without it, from anywhere. */
@Injectable()
export class GatewayAddresses {
  private readonly ranges: AddressRanges | null;

  constructor(@Inject(CONFIG) { gatewayAllowlist }: Pick<Config, 'gatewayAllowlist'>) {
    this.ranges = gatewayAllowlist.length === 0 ? null : new AddressRanges(gatewayAllowlist);
  }

  hold(ip: string): boolean {
    return this.ranges?.hold(ip) ?? true;
  }
}

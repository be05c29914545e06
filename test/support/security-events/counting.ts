import { valueOf } from '../accounts/operator.js';
import { ask } from '../database/database.js';
import type { LogLine, Service } from '../process/service.js';

/** Counts what a service writes of the events of one address, and what its metrics count. */
export class Counting {
  constructor(
    private readonly service: Service,
    private readonly metricsToken: string,
  ) {}

  async value(series: string): Promise<number> {
    const { text } = await this.service.visitor().call('/metrics', { token: this.metricsToken });
    return valueOf(text, series) ?? 0;
  }

  /** By text, how many events each line of the address stands for besides itself. */
  lines(address: string): Record<string, number[]> {
    const found: Record<string, number[]> = {};
    for (const line of this.events().filter((event) => event['source_ip'] === address))
      (found[line.msg.slice('SECURITY-EVENT '.length)] ??= []).push(Number(line['suppressed'] ?? 0));
    return found;
  }

  addresses(text: string): string[] {
    return this.events()
      .filter(({ msg }) => msg === `SECURITY-EVENT ${text}`)
      .map((line) => String(line['source_ip']));
  }

  async rows(address: string): Promise<number> {
    const sql = 'select count(*)::int as n from velro.security_events where source_ip = $1';
    return (await ask<{ n: number }>(this.service.home, sql, [address]))[0]?.n ?? 0;
  }

  private events(): LogLine[] {
    return this.service.lines().filter(({ msg }) => msg.startsWith('SECURITY-EVENT'));
  }
}

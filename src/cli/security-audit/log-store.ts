import { controlsPolicy } from '../../../config/policy/perimeter/controls.js';
import type { LogStore } from '../../../config/settings/audit-credentials.js';
import { isLoopbackHost } from '../../../config/values/network-address.js';
import type { RecordedFacts } from '../../features/controls/facts/outside-facts.js';
import { CommandFailed } from '../command.js';
import { addressOf } from './audit-address.js';
import { Prober } from './probe.js';

const hourNs = 3_600_000_000_000n;
/** Of labels, as the collector of deploy/alloy gives them: nothing that ends the selector. */
const selectorShape = /^\{[\w .,="~-]{1,200}\}$/;

/** Where the lines of the service are collected: a Loki, asked by its HTTP API. */
export class LogSearch {
  private constructor(
    private readonly prober: Prober,
    private readonly selector: string,
    private readonly token: string | null,
    private readonly times: typeof controlsPolicy.logSearch,
  ) {}

  /** @throws CommandFailed for an address, a selector, or a token that would be sent in the clear */
  static of({ url, selector, token }: LogStore, times = controlsPolicy.logSearch): LogSearch {
    const address = addressOf(url);
    if (!selectorShape.test(selector))
      throw new CommandFailed('VELRO_AUDIT_LOGS_SELECTOR is no selector of labels');
    if (token !== null && address.protocol !== 'https:' && !isLoopbackHost(address.hostname))
      throw new CommandFailed('VELRO_AUDIT_LOGS_TOKEN is sent over https alone, or to this machine');
    return new LogSearch(new Prober(address), selector, token, times);
  }

  /** Looks for a line with one of these request ids until there is one, or it is late. */
  async find(requestIds: readonly string[]): Promise<RecordedFacts['logStore']> {
    const began = performance.now();
    const until = began + this.times.lateMs;
    for (;;) {
      for (const id of requestIds)
        if (await this.has(id)) return { isGiven: true, foundAfterMs: Math.round(performance.now() - began) };
      if (requestIds.length === 0 || performance.now() > until) return { isGiven: true, foundAfterMs: null };
      await new Promise((resolve) => setTimeout(resolve, this.times.askAgainMs));
    }
  }

  /** A store that does not answer, or answers something else, has not been shown to have it. */
  private async has(id: string): Promise<boolean> {
    const query = new URLSearchParams({
      query: `${this.selector} |= \`${id}\``,
      start: String(BigInt(Date.now()) * 1_000_000n - hourNs),
      limit: '1',
    });
    const { status, value } = await this.prober
      .json({
        method: 'GET',
        path: `/loki/api/v1/query_range?${query.toString()}`,
        ...(this.token === null ? {} : { token: this.token }),
      })
      .catch(() => ({ status: 0, value: {} }));
    return status === 200 && linesOf(value).some((line) => line.includes(id));
  }
}

/** The lines of an answer: `data.result[].values[][1]`. */
function linesOf({ data }: Record<string, unknown>): string[] {
  const { result } = (typeof data === 'object' && data !== null ? data : {}) as { result?: unknown };
  return (Array.isArray(result) ? (result as unknown[]) : []).flatMap((stream) => {
    const { values } = (typeof stream === 'object' && stream !== null ? stream : {}) as { values?: unknown };
    return (Array.isArray(values) ? (values as unknown[]) : []).flatMap((entry) =>
      Array.isArray(entry) && typeof entry[1] === 'string' ? [entry[1]] : [],
    );
  });
}

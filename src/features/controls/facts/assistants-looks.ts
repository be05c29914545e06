import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../../config/config.js';
import { controlsPolicy } from '../../../../config/policy/perimeter/controls.js';
import { Clock } from '../../../ports/clock.js';
import { AiSwitch } from '../../ai-switch/ai-switch.service.js';
import { AiOperations } from '../../assistants/operations/ai-operations.service.js';
import { KeyWatch } from '../../key-watch/key-watch.service.js';
import type { Looks } from '../judging/seen.js';
import type { InsideFacts } from './inside-facts.js';

export type AssistantsFact = 'keys' | 'aiSwitch' | 'aiPing' | 'messenger';

/** What keys, the kill switch, the language model and Messenger show. */
@Injectable()
export class AssistantsLooks {
  private pinged: { readonly until: number; readonly ping: InsideFacts['aiPing'] } | null = null;

  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'ai'>,
    private readonly keys: KeyWatch,
    private readonly ai: AiSwitch,
    private readonly operations: AiOperations,
    private readonly clock: Clock,
  ) {}

  /** `requestId`: of whose request a model is asked; null: none is. */
  looks(requestId: string | null): Looks<Pick<InsideFacts, AssistantsFact>> {
    return {
      keys: async () =>
        (await this.keys.report()).items.map(({ name, ageDays, level }) => ({ name, ageDays, level })),
      aiSwitch: async () => {
        const { effective, stored } = await this.ai.read();
        return { effective, stored };
      },
      aiPing: () => this.ping(requestId),
      messenger: async () => {
        const { page } = await this.keys.report();
        return page === null ? null : { tokenAskedAt: page.checkedAt, isTokenValid: page.isTokenValid };
      },
    };
  }

  /** Asked again after a while; null: no model would be asked. */
  private async ping(requestId: string | null): Promise<InsideFacts['aiPing']> {
    if (requestId === null) throw new Error('no model is asked');
    if (this.config.ai.first === null || !(await this.ai.read()).effective) return null;
    const now = this.clock.monotonic();
    if (this.pinged !== null && now < this.pinged.until) return this.pinged.ping;
    const ping = await this.operations.ping({ requestId });
    // What failed is asked again at the next look.
    this.pinged = ping.error === null ? { until: now + controlsPolicy.pingEveryMs, ping } : null;
    return ping;
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { drainTimeoutMs } from '../../../../config/policy/perimeter/http.js';
import { modelCallPolicy } from '../../../../config/policy/assistants/calls.js';
import { Log } from '../../../observability/log.js';
import { within } from '../../../tasks/within.js';
import { AiCallsRepository, type CallResult } from './ai-calls.repository.js';

const { settleTries, settleRetryMs } = modelCallPolicy;

/** The result of a call that was reserved, and then not made. */
export const neverAsked = {
  cost: 0,
  tokens: { prompt: 0, cached: 0, output: 0, thoughts: 0, isEstimated: false },
  isShown: false,
  firstTextMs: null,
  totalMs: 0,
} as const;

/** Settles calls behind their answers. One that cannot be settled here is settled by the sweep, at its reservation. */
@Injectable()
export class CallSettlement {
  private readonly running = new Set<Promise<void>>();

  constructor(
    private readonly calls: AiCallsRepository,
    private readonly log: Log,
  ) {}

  settle(result: CallResult): Promise<void> {
    const work = this.tryAll(result).finally(() => this.running.delete(work));
    this.running.add(work);
    return work;
  }

  /** Waits for what is under way, at a stop. */
  async finish(): Promise<void> {
    await within(Promise.allSettled(this.running), drainTimeoutMs, 'calls are not settled').catch(
      () => undefined,
    );
  }

  private async tryAll(result: CallResult): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        await this.calls.settle(result);
        return;
      } catch (cause) {
        if (tries === settleTries) {
          this.log.warn('a call of a language model is left to the sweep', { cause });
          return;
        }
        await sleep(settleRetryMs, undefined, { ref: false });
      }
    }
  }
}

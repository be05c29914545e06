import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../../config/config.js';
import { modelCallPolicy } from '../../../../config/policy/assistants/calls.js';
import { Counters, type Bucket } from '../../../ports/counters.js';
import type { FallbackReason, Payer } from './ai-call.js';

/** Hits taken for a call. */
export interface TakenLimits {
  /** Gives them back, once, for a call that asked no provider. */
  giveBack(): Promise<void>;
}

type LimitRefusal = Extract<FallbackReason, 'user_rate_limit' | 'global_rate_limit'>;

interface CallBucket extends Bucket {
  readonly refusal: LimitRefusal;
}

const share = (limit: number, part: number): number => Math.max(1, Math.floor(limit * part));

/**
 * The limits on calls of language models. All buckets are asked, then one hit is taken in each or in none: a refused call
 * takes nothing, and nobody takes what belongs to others.
 */
@Injectable()
export class CallLimits {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'ai'>,
    private readonly counters: Counters,
  ) {}

  /** The hits, or which limit refused them. */
  async take(payer: Payer): Promise<TakenLimits | LimitRefusal> {
    const buckets = this.bucketsOf(payer);
    const { allowed, verdicts, receipt } = await this.counters.take(buckets);
    if (!allowed)
      return buckets[verdicts.findIndex((verdict) => !verdict.allowed)]?.refusal ?? 'global_rate_limit';
    return {
      giveBack: async () => {
        await this.counters.giveBack(buckets, receipt);
      },
    };
  }

  /** One's own limits first: whoever has used them up is told so, whatever others did. */
  private bucketsOf(payer: Payer): readonly CallBucket[] {
    const { maxCallsPerMinute, maxCallsPerMinuteOther: other, maxCallsPerMinutePerPsid } = this.config.ai;
    const { personShare, visitorsShare, visitorShare } = modelCallPolicy;
    const everybody = bucket('ai:other', other, 'global_rate_limit');
    switch (payer.kind) {
      case 'person':
        return [bucket(`ai:person:${payer.userId}`, share(other, personShare), 'user_rate_limit'), everybody];
      case 'visitor':
        return [
          bucket(`ai:visitor:${payer.visitorId}`, share(other, visitorShare), 'user_rate_limit'),
          bucket(`ai:address:${payer.address}`, share(other, visitorShare), 'user_rate_limit'),
          bucket('ai:visitors', share(other, visitorsShare), 'global_rate_limit'),
          everybody,
        ];
      case 'messenger':
        return [
          bucket(`ai:psid:${payer.pseudonym}`, maxCallsPerMinutePerPsid, 'user_rate_limit'),
          bucket('ai:messenger', maxCallsPerMinute, 'global_rate_limit'),
        ];
      case 'operator':
        return [bucket('ai:operator', share(other, personShare), 'user_rate_limit'), everybody];
    }
  }
}

/** Exact also while the shared counters are away: a call costs money. */
const bucket = (name: string, limit: number, refusal: LimitRefusal): CallBucket => ({
  name,
  limit,
  refusal,
  strategy: 'sliding_window',
  windowSeconds: modelCallPolicy.windowSeconds,
  whenAway: 'exact',
});

import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CONFIG, type Config } from '../../../config/config.js';
import {
  rateLimitStrategies,
  type RateLimit,
  type RateLimitName,
} from '../../../config/policy/perimeter/rate-limits.js';
import { Problem } from '../../errors/problem.js';
import { openAiLimit } from '../output/openai-limits.js';
import { isOpenAiUrl } from '../../errors/openai-error.js';
import { SecurityEvents } from '../../observability/security-events.js';
import { Counters, type Bucket, type Decision, type Verdict } from '../../ports/counters.js';
import { ThreatLevels } from '../../threats/threat-levels.js';
import { clientContextOf } from '../../network/client-context.js';
import { rateLimitExceeded } from '../perimeter.events.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The hits that this request has taken. */
    counted?: Counted;
  }
}

/** One bucket of a rule in which a request needs room. */
export interface LimitKey {
  readonly rule: RateLimitName;
  /** The key that the rule counts by: address, account, user or session. */
  readonly who: string;
  /** Overrides the rule's own limit. */
  readonly limit?: RateLimit & { readonly strategy?: 'sliding_window' };
}

interface Counted {
  readonly buckets: readonly Bucket[];
  readonly decision: Decision;
  /** A login attempt: only a failed one stays counted. */
  readonly isGuess: boolean;
}

/**
 * Takes hits from the counters for a request and sets the RateLimit headers; a refusal is 429 and one security event.
 */
@Injectable()
export class RateLimiter {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly counters: Counters,
    private readonly threats: ThreatLevels,
    private readonly events: SecurityEvents,
  ) {}

  /**
   * True when all keys have room; else no hit is taken. Synchronous where the counters are. @throws Problem
   * `rate_limit_exceeded`
   */
  take(
    keys: readonly LimitKey[],
    request: FastifyRequest,
    reply: FastifyReply,
    { isGuess = false } = {},
  ): true | Promise<true> {
    const buckets = keys.map((key) => this.bucketOf(key, request));
    const decision = this.counters.take(buckets);
    if (decision instanceof Promise)
      return decision.then((made) => this.settle(keys, buckets, made, request, reply, isGuess));
    return this.settle(keys, buckets, decision, request, reply, isGuess);
  }

  /** Gives back this request's hits, once. */
  async giveBack(request: FastifyRequest): Promise<void> {
    const { counted } = request;
    delete request.counted;
    if (counted !== undefined) await this.counters.giveBack(counted.buckets, counted.decision.receipt);
  }

  private bucketOf({ rule, who, limit: own }: LimitKey, request: FastifyRequest): Bucket {
    const { limit, windowSeconds } = own ?? this.config.rateLimits[rule];
    const { strategy: usual, whenAway } = rateLimitStrategies[rule];
    const strategy = own?.strategy ?? usual;
    const name = `${rule}:${who}`;
    if (strategy !== 'adaptive') return { name, strategy, whenAway, limit, windowSeconds };
    const share = this.threats.shareOf(request.clientAddress.key, request.caller?.userId);
    const left = Math.max(1, Math.floor(limit * share));
    return { name, strategy: 'sliding_window', whenAway, limit: left, windowSeconds };
  }

  private settle(
    keys: readonly LimitKey[],
    buckets: readonly Bucket[],
    decision: Decision,
    request: FastifyRequest,
    reply: FastifyReply,
    isGuess: boolean,
  ): true {
    const { allowed, verdicts } = decision;
    // The headers describe the first bucket, or the one that refused.
    const at = allowed ? 0 : verdicts.findIndex((verdict) => !verdict.allowed);
    const [key, bucket, verdict] = [keys[at], buckets[at], verdicts[at]];
    if (key === undefined || bucket === undefined || verdict === undefined)
      throw new Error('a decision about nothing');
    describe(reply, key.rule, bucket, verdict);
    if (!allowed) throw this.refusal(key.rule, verdict, request);
    request.counted = { buckets, decision, isGuess };
    return true;
  }

  private refusal(rule: RateLimitName, verdict: Verdict, request: FastifyRequest): Problem {
    rateLimitExceeded(this.events, clientContextOf(request), rule, verdict.resetSeconds);
    return new Problem('rate_limit_exceeded', { headers: { 'retry-after': String(verdict.resetSeconds) } });
  }
}

/** The fields of draft-ietf-httpapi-ratelimit-headers-11, and the older `X-RateLimit` form. */
function describe(
  reply: FastifyReply,
  rule: RateLimitName,
  { limit, windowSeconds }: Bucket,
  { remaining, resetSeconds }: Verdict,
): void {
  const [left, reset] = [String(remaining), String(resetSeconds)];
  reply
    .header('ratelimit-policy', `"${rule}";q=${limit};w=${windowSeconds}`)
    .header('ratelimit', `"${rule}";r=${left};t=${reset}`)
    .header('x-ratelimit-limit', String(limit))
    .header('x-ratelimit-remaining', left)
    .header('x-ratelimit-reset', reset);
  if (isOpenAiUrl(reply.request.routeOptions.url))
    void reply.headers(openAiLimit('requests', limit, remaining, resetSeconds));
}

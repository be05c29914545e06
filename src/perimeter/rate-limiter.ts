import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CONFIG, type Config } from '../../config/config.js';
import {
  loginFailuresByAddress,
  type RateLimit,
  type RateLimitName,
} from '../../config/policy/rate-limits.js';
import { Problem } from '../errors/problem.js';
import { SecurityEvents } from '../observability/security-events.js';
import { Counters, type Verdict } from '../ports/counters.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** What this request was counted for. */
    counted?: readonly Reservation[];
  }
}

export interface Reservation {
  readonly rule: RateLimitName;
  readonly bucket: string;
  readonly limit: RateLimit;
  /** A guess at a password: only a wrong one stays counted. */
  readonly isGuess?: true;
}

/** Takes from the buckets of a rule and says so in the answer; a refusal is a 429 and one line in the log. */
@Injectable()
export class RateLimiter {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly counters: Counters,
    private readonly events: SecurityEvents,
  ) {}

  /** @throws Problem `rate_limit_exceeded` */
  async take(rule: RateLimitName, who: string, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    await this.takeAll([this.reservation(rule, who)], request, reply);
  }

  /** One guess at an account from an address; the address has a limit for all accounts together as well. */
  async takeLogin(account: string, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    await this.takeAll(this.loginReservations(account, request), request, reply);
  }

  /** Gives back what this request was counted for, once. */
  async giveBack(request: FastifyRequest): Promise<void> {
    const { counted = [] } = request;
    request.counted = [];
    for (const { bucket } of counted) await this.counters.giveBack(bucket);
  }

  private reservation(rule: RateLimitName, who: string): Reservation {
    return { rule, bucket: `${rule}:${who}`, limit: this.config.rateLimits[rule] };
  }

  private loginReservations(account: string, { clientAddress }: FastifyRequest): Reservation[] {
    return [
      { ...this.reservation('auth_login', `${clientAddress.key}:${account}`), isGuess: true },
      {
        rule: 'auth_login',
        bucket: `auth_login_address:${clientAddress.key}`,
        limit: loginFailuresByAddress,
        isGuess: true,
      },
    ];
  }

  /** All or nothing: what a refused call took before is given back. */
  private async takeAll(
    reservations: readonly Reservation[],
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    const taken: Reservation[] = [];
    for (const reservation of reservations) {
      const verdict = await this.counters.take(reservation.bucket, reservation.limit);
      if (taken.length === 0 || !verdict.allowed) reply.headers(describe(reservation, verdict));
      if (!verdict.allowed) {
        for (const { bucket } of taken) await this.counters.giveBack(bucket);
        throw this.refusal(reservation.rule, verdict, request);
      }
      taken.push(reservation);
    }
    request.counted = taken;
  }

  private refusal(rule: RateLimitName, verdict: Verdict, request: FastifyRequest): Problem {
    this.events.record({
      event: 'excess_rate_limit_exceeded',
      level: 'MEDIUM',
      text: `RATE-LIMITER ${rule} exceeded`,
      sourceIp: request.clientAddress.ip,
      requestId: request.id,
      ...(request.caller === undefined ? {} : { userId: request.caller.userId }),
      response: 'refused',
      details: { rule, retry_after_s: verdict.resetSeconds },
    });
    return new Problem('rate_limit_exceeded', { headers: { 'retry-after': String(verdict.resetSeconds) } });
  }
}

/** The fields of draft-ietf-httpapi-ratelimit-headers-11, and the older ones that clients know. */
function describe(
  { rule, limit: { limit, windowSeconds } }: Reservation,
  { remaining, resetSeconds }: Verdict,
): Record<string, string> {
  return {
    'ratelimit-policy': `"${rule}";q=${limit};w=${windowSeconds}`,
    ratelimit: `"${rule}";r=${remaining};t=${resetSeconds}`,
    'x-ratelimit-limit': String(limit),
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-reset': String(resetSeconds),
  };
}

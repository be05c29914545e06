import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RateLimiter } from './rate-limiter.js';

/** Limits by address what was to come signed from another service and was refused. What is validly signed is not limited. */
@Injectable()
export class RefusedWebhooks {
  constructor(private readonly limiter: RateLimiter) {}

  /** @throws Problem `rate_limit_exceeded` */
  async take(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const who = `webhooks:${request.clientAddress.key}`;
    await this.limiter.take([{ rule: 'api_standard', who }], request, reply);
  }
}

import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Caller } from '../route/caller.js';
import { ApiKeyStrategy, presentedApiKey } from './api-key.strategy.js';
import { presentedVisitorToken, VisitorStrategy } from './visitor.strategy.js';

/** Bearer credentials that are no access token. */
export interface OtherCredential {
  /** Whether it costs a query of the database before anything is known of it. */
  readonly isQueried: boolean;
  /** @throws TokenRefused, RevocationsUnavailable, what the database throws */
  authenticate(): Promise<Caller>;
}

/** API keys, and tokens of visitors. */
@Injectable()
export class OtherCredentials {
  constructor(
    private readonly keys: ApiKeyStrategy,
    private readonly visitors: VisitorStrategy,
  ) {}

  /** What a request presents; null where that would be an access token. */
  of(request: FastifyRequest): OtherCredential | null {
    const key = presentedApiKey(request);
    if (key !== null) return { isQueried: true, authenticate: () => this.keys.authenticate(key, request) };
    const visitor = presentedVisitorToken(request);
    if (visitor === null) return null;
    return { isQueried: false, authenticate: () => this.visitors.authenticate(visitor, request) };
  }
}

import { Injectable } from '@nestjs/common';
import { Problem } from '../../errors/problem.js';
import type { Caller } from '../../guards/route/caller.js';
import type { ClientContext } from '../../network/client-context.js';
import { SecurityEvents } from '../../observability/security-events.js';
import { Clock } from '../../ports/clock.js';
import { periodsAt } from '../usage/budgets/budget-periods.js';
import {
  ApiKeyLimitsRepository,
  type NewKeyLimits,
  type StoredKeyLimits,
} from './api-key-limits.repository.js';
import { apiKeyLimited } from './api-keys.events.js';

/** What the caller allows each of their API keys to use and to cost. */
@Injectable()
export class ApiKeyLimitsService {
  constructor(
    private readonly limits: ApiKeyLimitsRepository,
    private readonly events: SecurityEvents,
    private readonly clock: Clock,
  ) {}

  /** @throws Problem `not_found` */
  async read(caller: Caller, id: string): Promise<StoredKeyLimits> {
    const { month } = periodsAt(this.clock.now());
    const limits = await this.limits.read(caller, id, month);
    if (limits === null) throw new Problem('not_found');
    return limits;
  }

  /** In force from the next request on, on every instance. @throws Problem `not_found` */
  async set(
    caller: Caller,
    id: string,
    limits: NewKeyLimits,
    client: ClientContext,
  ): Promise<StoredKeyLimits> {
    if (!(await this.limits.set(caller, id, limits, client))) throw new Problem('not_found');
    apiKeyLimited(this.events, client, id);
    return this.read(caller, id);
  }
}

import { Injectable } from '@nestjs/common';
import type { Page, PageRequest } from '../../../database/page.js';
import { SecurityEventsRepository, type EventFilter, type KeptEvent } from './security-events.repository.js';

/** The security events that are stored. */
@Injectable()
export class SecurityEventsService {
  constructor(private readonly events: SecurityEventsRepository) {}

  list(filter: EventFilter, page: PageRequest): Promise<Page<KeptEvent>> {
    return this.events.list(filter, page);
  }
}

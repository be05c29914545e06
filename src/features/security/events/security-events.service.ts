import { Injectable } from '@nestjs/common';
import { pageOf, rowsOf, type Page, type PageRequest } from '../../../database/page.js';
import { SecurityEventsRepository, type EventFilter, type KeptEvent } from './security-events.repository.js';

/** The security events that are stored. */
@Injectable()
export class SecurityEventsService {
  constructor(private readonly events: SecurityEventsRepository) {}

  async list(filter: EventFilter, page: PageRequest): Promise<Page<KeptEvent>> {
    return pageOf(await this.events.list(filter, rowsOf(page), page.cursor), page);
  }
}

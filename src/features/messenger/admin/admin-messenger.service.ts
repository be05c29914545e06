import { Injectable } from '@nestjs/common';
import { messengerPolicy } from '../../../../config/policy/assistants/messenger.js';
import type { Page, PageRequest } from '../../../database/page.js';
import { Problem } from '../../../errors/problem.js';
import type { ClientContext } from '../../../network/client-context.js';
import { SecurityEvents } from '../../../observability/security-events.js';
import { personChanged } from '../messenger.events.js';
import { PageAgentsRepository, type PageAgent } from '../people/page-agents.repository.js';
import {
  PeopleRepository,
  type MessengerMode,
  type MessengerPerson,
  type PersonChange,
} from '../people/people.repository.js';

/** The people who write to pages, and who answers them. */
@Injectable()
export class AdminMessengerService {
  constructor(
    private readonly people: PeopleRepository,
    private readonly pages: PageAgentsRepository,
    private readonly events: SecurityEvents,
  ) {}

  list(
    page: PageRequest,
    mode: MessengerMode | null,
    isBlocked: boolean | null,
  ): Promise<Page<MessengerPerson>> {
    return this.people.list(page, mode, isBlocked);
  }

  /** @throws Problem `not_found` */
  async change(id: string, change: PersonChange, client: ClientContext): Promise<MessengerPerson> {
    const person = await this.people.change(id, change);
    if (person === null) throw new Problem('not_found');
    personChanged(this.events, client, id, { mode: person.mode, blocked: person.blockedAt === null ? 0 : 1 });
    return person;
  }

  /** @throws Problem `not_found` */
  async forget(id: string, client: ClientContext): Promise<void> {
    if (!(await this.people.forget(id))) throw new Problem('not_found');
    personChanged(this.events, client, id, { forgotten: 1 });
  }

  listPages(): Promise<readonly PageAgent[]> {
    return this.pages.list(messengerPolicy.pages);
  }

  /** `agentId`: null for the default agent. @throws Problem `agent_unknown` */
  async choose(pageId: string, agentId: string | null, client: ClientContext): Promise<void> {
    if (agentId === null) await this.pages.remove(pageId);
    else if (!(await this.pages.choose({ pageId, agentId }, messengerPolicy.pages)))
      throw new Problem('agent_unknown');
    personChanged(this.events, client, null, { page: pageId, agent: agentId ?? 'default' });
  }
}

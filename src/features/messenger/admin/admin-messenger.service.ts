import { Injectable } from '@nestjs/common';
import { messengerPolicy } from '../../../../config/policy/assistants/messenger.js';
import { Database } from '../../../database/database.js';
import type { Page, PageRequest } from '../../../database/page.js';
import { Problem } from '../../../errors/problem.js';
import type { ClientContext } from '../../../network/client-context.js';
import { SecurityEvents } from '../../../observability/security-events.js';
import { AuditTrail, type AppendedEntry, type AuditDetails } from '../../audit/audit-trail.service.js';
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
    private readonly database: Database,
    private readonly audit: AuditTrail,
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
    const { mode, blocked } = change;
    const audited = await this.entry('messenger.person_changed', { person: id, mode, blocked }, client);
    const person = await this.people.change(id, change, audited);
    if (person === null) throw new Problem('not_found');
    personChanged(this.events, client, id, { mode: person.mode, blocked: person.blockedAt === null ? 0 : 1 });
    return person;
  }

  /** @throws Problem `not_found` */
  async forget(id: string, client: ClientContext): Promise<void> {
    const audited = await this.entry('messenger.person_forgotten', { person: id }, client);
    if (!(await this.people.forget(id, audited))) throw new Problem('not_found');
    personChanged(this.events, client, id, { forgotten: 1 });
  }

  listPages(): Promise<readonly PageAgent[]> {
    return this.pages.list(messengerPolicy.pages);
  }

  /** `agentId`: null for the default agent. @throws Problem `agent_unknown` */
  async choose(pageId: string, agentId: string | null, client: ClientContext): Promise<void> {
    const details = { page: pageId, agent: agentId ?? 'default' };
    const audited = await this.entry('messenger.page_changed', details, client);
    if (agentId === null) await this.pages.remove(pageId, audited);
    else if (!(await this.pages.choose({ pageId, agentId }, messengerPolicy.pages, audited)))
      throw new Problem('agent_unknown');
    personChanged(this.events, client, null, details);
  }

  private entry(
    action: 'messenger.person_changed' | 'messenger.person_forgotten' | 'messenger.page_changed',
    details: AuditDetails,
    client: ClientContext,
  ): Promise<AppendedEntry> {
    return this.audit.entry(this.database.query, { action, subjectId: null, details }, client);
  }
}

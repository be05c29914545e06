import type { MessengerPerson } from '../people/people.repository.js';
import type { PageAgent } from '../people/page-agents.repository.js';
import type { MessengerPersonResponse, PageAgentResponse } from './admin-messenger.dto.js';

export const toMessengerPerson = (person: MessengerPerson): MessengerPersonResponse => ({
  id: person.id,
  page_id: person.pageId,
  pseudonym: person.pseudonym,
  mode: person.mode,
  last_message_at: person.lastInboundAt?.toISOString() ?? null,
  blocked_at: person.blockedAt?.toISOString() ?? null,
  created_at: person.createdAt.toISOString(),
});

export const toPageAgent = ({ pageId, agentId }: PageAgent): PageAgentResponse => ({
  page_id: pageId,
  agent_id: agentId,
});

import type { ClientContext } from '../../../network/client-context.js';
import { ofClient, type SecurityEvents } from '../../../observability/security-events.js';

const texts = {
  created: 'AGENT created',
  changed: 'AGENT changed',
  published: 'AGENT published',
  archived: 'AGENT archived',
} as const;

/** Whoever may change an agent decides what people are answered. `version`: the one that was changed or published. */
export const agentChanged = (
  events: SecurityEvents,
  client: ClientContext,
  what: keyof typeof texts,
  agent: { readonly id: string; readonly version: number },
): void => {
  events.record({
    event: 'authz_admin',
    level: 'LOW',
    text: texts[what],
    ...ofClient(client),
    response: 'none',
    details: { agent_id: agent.id, version: agent.version },
  });
};

/** An answer began to repeat the agent's instructions, and was cut off. `client`: null where it was written to nobody who sent a request. */
export const promptWithheld = (
  events: SecurityEvents,
  client: ClientContext | null,
  agentId: string,
): void => {
  events.record({
    event: 'mcp_prompt_injection',
    level: 'MEDIUM',
    text: 'AGENT instructions withheld',
    ...(client === null ? {} : ofClient(client)),
    response: 'answer_cut',
    details: { agent_id: agentId },
  });
};

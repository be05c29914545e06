import type { Agent, AgentVersion } from '../agent.js';
import type { AgentAnswer } from '../agent-answers.service.js';
import type { AgentChange, AgentWithVersion } from './admin-agents.service.js';
import type {
  AdminAgentDetail,
  AdminAgentResponse,
  AgentTestResponse,
  AgentVersionResponse,
  ChangeAgentRequest,
} from './admin-agents.dto.js';

/** Fields that were left out stay out. */
export function toChange(body: ChangeAgentRequest): AgentChange {
  const { system_prompt, max_output_tokens, is_public, daily_microusd, is_default, ...same } = body;
  return {
    ...same,
    ...(system_prompt === undefined ? {} : { systemPrompt: system_prompt }),
    ...(max_output_tokens === undefined ? {} : { maxOutputTokens: max_output_tokens }),
    ...(is_public === undefined ? {} : { isPublic: is_public }),
    ...(daily_microusd === undefined ? {} : { dailyCap: daily_microusd }),
    ...(is_default === undefined ? {} : { isDefault: is_default }),
  };
}

export const toAdminAgent = (agent: Agent): AdminAgentResponse => ({
  id: agent.id,
  name: agent.name,
  is_default: agent.isDefault,
  published_version: agent.publishedVersion,
  last_version: agent.lastVersion,
  created_at: agent.createdAt.toISOString(),
  updated_at: agent.updatedAt.toISOString(),
});

export const toAdminAgentDetail = ({ agent, latest }: AgentWithVersion): AdminAgentDetail =>
  Object.assign(toAdminAgent(agent), { latest: toAgentVersion(latest) });

export const toAgentVersion = (version: AgentVersion): AgentVersionResponse => ({
  version: version.version,
  description: version.description,
  system_prompt: version.systemPrompt,
  model: version.model,
  temperature: version.temperature,
  max_output_tokens: version.maxOutputTokens,
  thinking: version.thinking,
  disclosure: version.disclosure,
  is_public: version.isPublic,
  origins: [...version.origins],
  daily_microusd: version.dailyCap,
  created_at: version.createdAt.toISOString(),
  published_at: version.publishedAt?.toISOString() ?? null,
});

export const toAgentTest = (version: number, answer: AgentAnswer): AgentTestResponse => ({
  reply: answer.text,
  version,
  path: answer.path,
  ...(answer.reason === null ? {} : { reason: answer.reason }),
  model: answer.model,
  sources: answer.sources.map(({ id, title }) => ({ id, title })),
  withheld: answer.isWithheld,
});

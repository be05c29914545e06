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

/** Fields that were left out stay out; null counts as left out where it is no value of its own. */
export function toChange(body: ChangeAgentRequest): AgentChange {
  return Object.fromEntries(
    Object.entries({
      name: body.name ?? undefined,
      isDefault: body.is_default ?? undefined,
      description: body.description ?? undefined,
      systemPrompt: body.system_prompt ?? undefined,
      model: body.model,
      temperature: body.temperature,
      maxOutputTokens: body.max_output_tokens ?? undefined,
      thinking: body.thinking ?? undefined,
      disclosure: body.disclosure,
      isPublic: body.is_public ?? undefined,
      origins: body.origins ?? undefined,
      restoresPersonalData: body.restores_personal_data ?? undefined,
      dailyCap: body.daily_microusd,
    }).filter(([, value]) => value !== undefined),
  );
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
  restores_personal_data: version.restoresPersonalData,
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

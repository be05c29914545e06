import { Injectable } from '@nestjs/common';
import type { Selectable } from 'kysely';
import { agentPolicy } from '../../../../config/policy/assistants/agents.js';
import { Database, type Executor } from '../../../database/database.js';
import type { AgentVersions } from '../../../database/schema.js';
import type { AgentSettings, PublishedAgent } from './agent.js';

const settingsColumns = [
  'v.version',
  'v.description',
  'v.system_prompt',
  'v.model',
  'v.temperature',
  'v.max_output_tokens',
  'v.thinking',
  'v.disclosure',
  'v.is_public',
  'v.origins',
  'v.restores_personal_data',
  'v.daily_microusd',
] as const;

/** Agents that can be asked: the published version of each. Read anew for each message, so that a change takes effect with the next one. */
@Injectable()
export class AgentsRepository {
  constructor(private readonly database: Database) {}

  /** By name. */
  async list(): Promise<readonly PublishedAgent[]> {
    const rows = await this.published(this.database.query)
      .orderBy('a.name')
      .orderBy('a.id')
      .limit(agentPolicy.agents)
      .execute();
    return rows.map(toPublished);
  }

  async find(id: string): Promise<PublishedAgent | null> {
    const row = await this.published(this.database.query).where('a.id', '=', id).executeTakeFirst();
    return row === undefined ? null : toPublished(row);
  }

  /** The one that answers where no agent is named. */
  async findDefault(): Promise<PublishedAgent | null> {
    const row = await this.published(this.database.query).where('a.is_default', '=', true).executeTakeFirst();
    return row === undefined ? null : toPublished(row);
  }

  private published(query: Executor) {
    return query
      .selectFrom('agents as a')
      .innerJoin('agent_versions as v', (join) =>
        join.onRef('v.agent_id', '=', 'a.id').onRef('v.version', '=', 'a.published_version'),
      )
      .select(['a.id', 'a.name', 'a.is_default', ...settingsColumns])
      .where('a.archived_at', 'is', null);
  }
}

type SettingsRow = Pick<
  Selectable<AgentVersions>,
  | 'description'
  | 'system_prompt'
  | 'model'
  | 'temperature'
  | 'max_output_tokens'
  | 'thinking'
  | 'disclosure'
  | 'is_public'
  | 'origins'
  | 'restores_personal_data'
  | 'daily_microusd'
>;

export const toSettings = (row: SettingsRow): AgentSettings => ({
  description: row.description,
  systemPrompt: row.system_prompt,
  model: row.model,
  temperature: row.temperature,
  maxOutputTokens: row.max_output_tokens,
  thinking: row.thinking,
  disclosure: row.disclosure,
  isPublic: row.is_public,
  origins: row.origins,
  restoresPersonalData: row.restores_personal_data,
  dailyCap: row.daily_microusd === null ? null : Number(row.daily_microusd),
});

export const toRow = (settings: AgentSettings) => ({
  description: settings.description,
  system_prompt: settings.systemPrompt,
  model: settings.model,
  temperature: settings.temperature,
  max_output_tokens: settings.maxOutputTokens,
  thinking: settings.thinking,
  disclosure: settings.disclosure,
  is_public: settings.isPublic,
  origins: [...settings.origins],
  restores_personal_data: settings.restoresPersonalData,
  daily_microusd: settings.dailyCap,
});

const toPublished = (
  row: SettingsRow & { id: string; name: string; is_default: boolean; version: number },
): PublishedAgent => ({
  ...toSettings(row),
  id: row.id,
  name: row.name,
  isDefault: row.is_default,
  version: row.version,
});

import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database } from '../../../database/database.js';
import type { AppendedEntry } from '../../audit/audit-trail.service.js';

/** A page, and the agent that answers for it. */
export interface PageAgent {
  readonly pageId: string;
  readonly agentId: string;
}

/** Which agent answers for which page. */
@Injectable()
export class PageAgentsRepository {
  constructor(private readonly database: Database) {}

  /** Null: the default one. */
  async agentOf(pageId: string): Promise<string | null> {
    const row = await this.database.query
      .selectFrom('messenger_pages')
      .select('agent_id')
      .where('page_id', '=', pageId)
      .executeTakeFirst();
    return row?.agent_id ?? null;
  }

  async list(atMost: number): Promise<readonly PageAgent[]> {
    const rows = await this.database.query
      .selectFrom('messenger_pages')
      .selectAll()
      .orderBy('page_id')
      .limit(atMost)
      .execute();
    return rows.map((row) => ({ pageId: row.page_id, agentId: row.agent_id }));
  }

  /** False for an agent that is not published, and beyond `atMost` pages; then nothing is changed. */
  async choose({ pageId, agentId }: PageAgent, atMost: number, audited: AppendedEntry): Promise<boolean> {
    const { rows } = await sql`
      insert into velro.messenger_pages (page_id, agent_id)
      select ${pageId}, id from velro.agents
      where id = ${agentId}::uuid and archived_at is null and published_version is not null
        and (select count(*) from velro.messenger_pages where page_id <> ${pageId}) < ${atMost}
      on conflict (page_id) do update set agent_id = excluded.agent_id returning page_id, ${audited}`.execute(
      this.database.query,
    );
    return rows.length > 0;
  }

  /** From then on the default agent answers. */
  async remove(pageId: string, audited: AppendedEntry): Promise<void> {
    await this.database.query
      .deleteFrom('messenger_pages')
      .where('page_id', '=', pageId)
      .returning(audited)
      .execute();
  }
}

import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.js';

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
}

import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { modelCallPolicy } from '../../../../config/policy/assistants/calls.js';
import { Database } from '../../../database/database.js';

/** Calls of language models in the window of the limits, those under way included. */
export interface RecentCalls {
  readonly messenger: number;
  readonly other: number;
}

/** What the limits of calls have taken lately, by the stored calls of all instances. */
@Injectable()
export class RecentCallsRepository {
  constructor(private readonly database: Database) {}

  /** By what was settled lately or is not yet, of which the limits leave few. */
  async count(): Promise<RecentCalls> {
    const { rows } = await sql<{ messenger: number; other: number }>`
      select count(*) filter (where purpose = 'messenger')::int as messenger,
        count(*) filter (where purpose <> 'messenger')::int as other
      from (
        select purpose from velro.ai_calls
        where settled_at > now() - make_interval(secs => ${modelCallPolicy.windowSeconds})
        union all select purpose from velro.ai_calls where settled_at is null
          and created_at > now() - make_interval(secs => ${modelCallPolicy.windowSeconds})) recent`.execute(
      this.database.query,
    );
    return rows[0] ?? { messenger: 0, other: 0 };
  }
}

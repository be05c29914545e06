import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import {
  agentPolicy,
  dictionaries,
  languagesOfPairs,
} from '../../../../../config/policy/assistants/agents.js';
import type { AppendedEntry } from '../../../audit/audit-trail.service.js';
import { Database, type Executor, type Transaction } from '../../../../database/database.js';
import type { KnowledgeExcerpt } from '../../../../ports/assistants/language-model.js';
import { anyOf, pairsOf } from './character-pairs.js';

export interface KnowledgeEntry extends KnowledgeExcerpt {
  /** ISO 639-1. */
  readonly language: string;
  readonly createdAt: Date;
}

const known: Readonly<Record<string, string | undefined>> = dictionaries;

/** What agents know, by version. */
@Injectable()
export class KnowledgeRepository {
  constructor(private readonly database: Database) {}

  /** Entries of a version that say something of a question, best first; each with any word of it, and not far behind the best. */
  async search(agentId: string, version: number, question: string): Promise<readonly KnowledgeExcerpt[]> {
    const asked = Array.from(question).slice(0, agentPolicy.searchedCharacters).join('');
    const pairs = anyOf(pairsOf(asked).slice(0, agentPolicy.searchedPairs));
    const { rows } = await sql<KnowledgeExcerpt & { rank: number }>`
      with entries as materialized (
        select id, title, text, dictionary, words from velro.knowledge_entries
        where agent_id = ${agentId} and added_in <= ${version} and coalesce(removed_in > ${version}, true)
      ), queries as materialized (
        select dictionary, case when dictionary is null then ${pairs}::tsquery else velro.any_word_of(dictionary, ${asked}) end as query
        from (select distinct dictionary from entries) of_entries
      )
      select e.id, e.title, e.text, ts_rank(e.words, q.query, 1) as rank
      from entries e join queries q on q.dictionary is not distinct from e.dictionary
      where e.words @@ q.query
      order by rank desc, e.id limit ${agentPolicy.givenEntries}`.execute(this.database.query);
    const least = (rows[0]?.rank ?? 0) * agentPolicy.leastRankShare;
    return rows.filter(({ rank }) => rank >= least).map(({ id, title, text }) => ({ id, title, text }));
  }

  /** The newest first, before `cursor`. */
  async list(
    agentId: string,
    version: number,
    limit: number,
    cursor: string | null,
  ): Promise<readonly KnowledgeEntry[]> {
    const rows = await ofVersion(this.database.query, agentId, version)
      .select(['id', 'title', 'text', 'language', 'created_at'])
      .$if(cursor !== null, (query) => query.where('id', '<', cursor ?? ''))
      .orderBy('id', 'desc')
      .limit(limit)
      .execute();
    return rows.map(({ created_at: createdAt, ...entry }) => ({ ...entry, createdAt }));
  }

  async count(tx: Transaction, agentId: string, version: number): Promise<number> {
    const { count } = await ofVersion(tx, agentId, version)
      .select(({ fn }) => fn.countAll<string>().as('count'))
      .executeTakeFirstOrThrow();
    return Number(count);
  }

  async add(
    tx: Transaction,
    agentId: string,
    version: number,
    { id, title, text, language }: Omit<KnowledgeEntry, 'createdAt'>,
    audited: AppendedEntry,
  ): Promise<void> {
    const dictionary = languagesOfPairs.has(language) ? null : (known[language] ?? 'simple');
    const words =
      dictionary === null
        ? sql<string>`array_to_tsvector(${pairsOf(`${title} ${text}`)}::text[])`
        : sql<string>`setweight(to_tsvector(${dictionary}::regconfig, ${title}), 'A') || to_tsvector(${dictionary}::regconfig, ${text})`;
    await tx
      .insertInto('knowledge_entries')
      .values({ id, agent_id: agentId, title, text, language, dictionary, words, added_in: version })
      .returning(audited)
      .execute();
  }

  /** Out of a draft; earlier versions keep it. False when the draft has none of this id. */
  async remove(
    tx: Transaction,
    agentId: string,
    version: number,
    id: string,
    audited: AppendedEntry,
  ): Promise<boolean> {
    const deleted = await tx
      .deleteFrom('knowledge_entries')
      .where('agent_id', '=', agentId)
      .where('id', '=', id)
      .where('added_in', '=', version)
      .returning(audited)
      .execute();
    if (deleted.length > 0) return true;
    const updated = await tx
      .updateTable('knowledge_entries')
      .set({ removed_in: version })
      .where('agent_id', '=', agentId)
      .where('id', '=', id)
      .where('added_in', '<', version)
      .where('removed_in', 'is', null)
      .returning(audited)
      .execute();
    return updated.length > 0;
  }
}

const ofVersion = (query: Executor, agentId: string, version: number) =>
  query
    .selectFrom('knowledge_entries')
    .where('agent_id', '=', agentId)
    .where('added_in', '<=', version)
    .where((where) => where.or([where('removed_in', 'is', null), where('removed_in', '>', version)]));

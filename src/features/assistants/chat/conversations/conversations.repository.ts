import { Injectable } from '@nestjs/common';
import { sql, type Selectable } from 'kysely';
import { Database } from '../../../../database/database.js';
import type { ChatMessages, Conversations } from '../../../../database/schema.js';
import type { Caller } from '../../../../guards/route/caller.js';
import type { FallbackReason } from '../../gateway/ai-call.js';
import type { AnswerEnding, ChatMessage, Conversation, Feedback } from './conversation.js';

/** Where a page of conversations begins: behind this one, in the order of the latest first. */
export interface ConversationsCursor {
  readonly updatedAt: Date;
  readonly id: string;
}

const columns = ['id', 'title', 'agent_id', 'last_number', 'created_at', 'updated_at'] as const;

/** Conversations of the caller; ownership is part of every query. */
@Injectable()
export class ConversationsRepository {
  constructor(private readonly database: Database) {}

  /** The latest first. `words`: only those with a message that has all of them. */
  async list(
    caller: Caller,
    limit: number,
    cursor: ConversationsCursor | null,
    words: string | null,
  ): Promise<Conversation[]> {
    const rows = await this.database.query
      .selectFrom('conversations')
      .select(columns)
      .where('user_id', '=', caller.userId)
      .$if(cursor !== null, (query) =>
        query.where(
          sql<boolean>`(updated_at, id) < (${cursor?.updatedAt ?? null}::timestamptz, ${cursor?.id ?? null})`,
        ),
      )
      .$if(words !== null, (query) =>
        query.where(
          sql<boolean>`exists (select from velro.chat_messages m where m.user_id = conversations.user_id
            and m.conversation_id = conversations.id and m.words @@ plainto_tsquery('simple', ${words}))`,
        ),
      )
      .orderBy('updated_at', 'desc')
      .orderBy('id', 'desc')
      .limit(limit)
      .execute();
    return rows.map(toConversation);
  }

  async find(caller: Caller, id: string): Promise<Conversation | null> {
    const row = await this.database.query
      .selectFrom('conversations')
      .select(columns)
      .where('user_id', '=', caller.userId)
      .where('id', '=', id)
      .executeTakeFirst();
    return row === undefined ? null : toConversation(row);
  }

  /** The latest first, before `number`. */
  async messages(caller: Caller, id: string, limit: number, number: number | null): Promise<ChatMessage[]> {
    const rows = await this.database.query
      .selectFrom('chat_messages')
      .select([
        'number',
        'attachments',
        'id',
        'role',
        'text',
        'path',
        'reason',
        'model',
        'ended',
        'feedback',
        'sources',
        'created_at',
      ])
      .where('user_id', '=', caller.userId)
      .where('conversation_id', '=', id)
      .$if(number !== null, (query) => query.where('number', '<', number ?? 0))
      .orderBy('number', 'desc')
      .limit(limit)
      .execute();
    return rows.map(toMessage);
  }

  /** Null when the caller has no conversation of this id. */
  async rename(caller: Caller, id: string, title: string): Promise<Conversation | null> {
    const row = await this.database.query
      .updateTable('conversations')
      .set({ title })
      .where('user_id', '=', caller.userId)
      .where('id', '=', id)
      .returning(columns)
      .executeTakeFirst();
    return row === undefined ? null : toConversation(row);
  }

  /** With its messages and its answers; false when there is none. */
  async remove(caller: Caller, id: string): Promise<boolean> {
    const { numDeletedRows } = await this.database.query
      .deleteFrom('conversations')
      .where('user_id', '=', caller.userId)
      .where('id', '=', id)
      .executeTakeFirst();
    return numDeletedRows > 0n;
  }

  /** On an answer. False when the caller has none of this id. */
  async rate(caller: Caller, id: string, messageId: string, feedback: Feedback | null): Promise<boolean> {
    const { numUpdatedRows } = await this.database.query
      .updateTable('chat_messages')
      .set({ feedback })
      .where('user_id', '=', caller.userId)
      .where('conversation_id', '=', id)
      .where('id', '=', messageId)
      .where('role', '=', 'assistant')
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }
}

const toConversation = (row: Pick<Selectable<Conversations>, (typeof columns)[number]>): Conversation => ({
  id: row.id,
  title: row.title,
  agentId: row.agent_id,
  messagesCount: row.last_number,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

function toMessage(
  row: Omit<Selectable<ChatMessages>, 'user_id' | 'conversation_id' | 'words'>,
): ChatMessage {
  return {
    number: row.number,
    id: row.id,
    role: row.role,
    text: row.text,
    attachments: row.attachments,
    answer:
      row.role === 'user'
        ? null
        : {
            path: row.path as 'ai' | 'fallback',
            reason: row.reason as FallbackReason | null,
            model: row.model,
            ended: row.ended as AnswerEnding,
            feedback: row.feedback,
            // Written by us, as it is read.
            sources: (row.sources ?? []) as unknown as readonly {
              readonly id: string;
              readonly title: string;
            }[],
          },
    createdAt: row.created_at,
  };
}

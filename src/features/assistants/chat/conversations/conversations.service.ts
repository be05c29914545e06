import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../../../config/config.js';
import { chatPolicy } from '../../../../../config/policy/assistants/chat.js';
import { pageOf, rowsOf, type Page, type PageRequest } from '../../../../database/page.js';
import { Problem } from '../../../../errors/problem.js';
import type { Caller } from '../../../../guards/route/caller.js';
import { isNotBlank } from '../../../../perimeter/input/is-not-blank.js';
import { redact } from '../../../../redaction/redactor.js';
import type { ChatMessage, Conversation, Feedback } from './conversation.js';
import { ConversationsRepository, type ConversationsCursor } from './conversations.repository.js';

/** One's own conversations. Another person's is `not_found`. */
@Injectable()
export class ConversationsService {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'piiRedaction'>,
    private readonly conversations: ConversationsRepository,
  ) {}

  /** The latest first. @throws Problem `validation_failed` for a cursor that is none */
  async list(caller: Caller, page: PageRequest, words: string | null): Promise<Page<Conversation>> {
    const cursor = page.cursor === null ? null : readCursor(page.cursor);
    const found = await this.conversations.list(caller, rowsOf(page), cursor, words);
    const { items, nextCursor } = pageOf(found, page);
    const last = items.at(-1);
    return { items, nextCursor: nextCursor === null || last === undefined ? null : cursorOf(last) };
  }

  /** @throws Problem `not_found` */
  async get(caller: Caller, id: string): Promise<Conversation> {
    const conversation = await this.conversations.find(caller, id);
    if (conversation === null) throw new Problem('not_found');
    return conversation;
  }

  /** The latest first, before message `number`. */
  async messages(
    caller: Caller,
    id: string,
    limit: number,
    number: number | null,
  ): Promise<{ readonly messages: readonly ChatMessage[]; readonly before: number | null }> {
    const found = await this.conversations.messages(caller, id, limit + 1, number);
    const messages = found.slice(0, limit);
    return { messages, before: found.length > limit ? (messages.at(-1)?.number ?? null) : null };
  }

  /** Without personal data, as questions are kept. @throws Problem `not_found`, `validation_failed` */
  async rename(caller: Caller, id: string, title: string): Promise<Conversation> {
    if (!isNotBlank(title))
      throw new Problem('validation_failed', {
        errors: [{ field: 'title', code: 'blank', message: 'must say something' }],
      });
    const kept = this.config.piiRedaction ? redact(title).slice(0, chatPolicy.titleCharacters) : title;
    const conversation = await this.conversations.rename(caller, id, kept);
    if (conversation === null) throw new Problem('not_found');
    return conversation;
  }

  /** Also while it is answered: the answer is dropped. @throws Problem `not_found` */
  async remove(caller: Caller, id: string): Promise<void> {
    if (!(await this.conversations.remove(caller, id))) throw new Problem('not_found');
  }

  /** @throws Problem `not_found` */
  async rate(caller: Caller, id: string, messageId: string, feedback: Feedback | null): Promise<void> {
    if (!(await this.conversations.rate(caller, id, messageId, feedback))) throw new Problem('not_found');
  }
}

/** Microseconds would be lost in a Date: an entry of the same millisecond is told apart by its id. */
const cursorOf = ({ updatedAt, id }: Conversation): string => `${updatedAt.getTime()}.${id}`;

function readCursor(text: string): ConversationsCursor {
  const [, time, id] = /^(\d{1,15})\.([\w-]{1,64})$/u.exec(text) ?? [];
  if (time === undefined || id === undefined)
    throw new Problem('validation_failed', {
      errors: [{ field: 'cursor', code: 'malformed', message: 'is not a cursor of this list' }],
    });
  return { updatedAt: new Date(Number(time)), id };
}

import { chatPolicy } from '../../../../config/policy/assistants/chat.js';
import { Problem } from '../../../errors/problem.js';
import { isUuid } from '../../../crypto/uuid.js';
import { isNotBlank } from '../../../perimeter/input/is-not-blank.js';
import type { SendChatRequest } from './chat.dto.js';
import type { ChatOrder } from './runs/chat-calls.js';

/**
 * What a body asks for. The AI SDK's is told by its `messages`, and wants a stream unless something else is accepted; of the messages
 * only the last one of the user is taken, for what was said before is known here.
 * @throws Problem `validation_failed`
 */
export function toOrder(
  body: SendChatRequest,
  accept: string,
  from: Pick<ChatOrder, 'client' | 'origin'>,
): ChatOrder {
  const isStream =
    accept.includes('text/event-stream') || (isOfSdk(body) && !accept.includes('application/json'));
  const conversationId = body.conversation_id ?? body.id ?? null;
  const shape = isStream ? ('stream' as const) : ('whole' as const);
  const facts = {
    ...from,
    conversationId,
    shape,
    repeatedId: body.messageId ?? null,
    agentId: body.agent_id ?? null,
  };
  if (body.trigger === 'regenerate-message') {
    if (conversationId === null) throw fault('id', 'missing', 'is needed to answer a question again');
    return { ...facts, question: null };
  }
  // The client would show another conversation than the one that is kept here.
  if (body.messageId !== undefined)
    throw fault('messageId', 'unsupported', 'a question is not asked in another’s place');
  if (body.message !== undefined && body.messages !== undefined)
    throw fault('message', 'ambiguous', 'stands beside messages');
  const question =
    body.message === undefined
      ? lastOf(body.messages ?? [])
      : { id: null, text: body.message, attachments: body.attachments ?? [] };
  if (!isNotBlank(question.text)) throw fault('message', 'blank', 'must say something');
  return { ...facts, question };
}

const isOfSdk = ({ messages }: SendChatRequest): boolean => messages !== undefined;

function lastOf(messages: readonly Readonly<Record<string, unknown>>[]): {
  readonly id: string | null;
  readonly text: string;
  readonly attachments: readonly string[];
} {
  const last = messages.at(-1);
  if (last === undefined) throw fault('message', 'missing', 'is needed');
  if (last['role'] !== 'user') throw fault('messages', 'unsupported', 'must end with a message of the user');
  const { id, parts } = last;
  if (!Array.isArray(parts)) throw fault('messages', 'malformed', 'must have parts');
  let text = '';
  const attachments: string[] = [];
  for (const part of parts as readonly unknown[]) {
    const { type, text: more, url } = Object(part) as Record<string, unknown>;
    if (type === 'file' && isUuid(url)) {
      attachments.push(url);
      continue;
    }
    if (type !== 'text')
      throw fault(
        'messages',
        'unsupported',
        'may have parts of text, and files whose url is the id of a stored picture',
      );
    if (typeof more !== 'string') throw fault('messages', 'malformed', 'must have texts in its parts');
    text += more;
  }
  if (Array.from(text).length > chatPolicy.messageCharacters)
    throw fault('messages', 'max_length', `must have at most ${chatPolicy.messageCharacters} characters`);
  if (attachments.length > chatPolicy.attachments)
    throw fault('messages', 'max_length', `may show at most ${chatPolicy.attachments} pictures`);
  return { attachments, id: typeof id === 'string' && id.length > 0 && id.length <= 64 ? id : null, text };
}

const fault = (field: string, code: string, message: string): Problem =>
  new Problem('validation_failed', { errors: [{ field, code, message }] });

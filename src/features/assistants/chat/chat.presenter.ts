import type { ChatMessage, Conversation } from './conversations/conversation.js';
import type { ChatResponse } from './chat.dto.js';
import type {
  ChatMessageResponse,
  ConversationDetail,
  ConversationResponse,
} from './conversations/conversations.dto.js';
import type { EndedAnswer } from './runs/runs.repository.js';

export const toChatResponse = (
  conversationId: string,
  messageId: string,
  { text, path, reason, ended, sources }: EndedAnswer,
): ChatResponse => ({
  reply: text,
  conversation_id: conversationId,
  message_id: messageId,
  path,
  ...(reason === null ? {} : { reason }),
  ...(sources.length === 0 ? {} : { sources: sources.map(({ id, title }) => ({ id, title })) }),
  ended,
});

export const toConversation = (conversation: Conversation): ConversationResponse => ({
  id: conversation.id,
  title: conversation.title,
  agent_id: conversation.agentId,
  messages_count: conversation.messagesCount,
  created_at: conversation.createdAt.toISOString(),
  updated_at: conversation.updatedAt.toISOString(),
});

const toMessage = (message: ChatMessage): ChatMessageResponse => ({
  id: message.id,
  number: message.number,
  role: message.role,
  text: message.text,
  attachments: [...message.attachments],
  path: message.answer?.path ?? null,
  reason: message.answer?.reason ?? null,
  model: message.answer?.model ?? null,
  ended: message.answer?.ended ?? null,
  feedback: message.answer?.feedback ?? null,
  sources: [...(message.answer?.sources ?? [])],
  created_at: message.createdAt.toISOString(),
});

/** `before`: of the next page of messages; null on the last one. */
export const toConversationDetail = (
  conversation: Conversation,
  messages: readonly ChatMessage[],
  before: number | null,
): ConversationDetail =>
  Object.assign(toConversation(conversation), { messages: messages.map(toMessage), before });

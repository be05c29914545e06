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
  { text, path, reason, ended }: EndedAnswer,
): ChatResponse => ({
  reply: text,
  conversation_id: conversationId,
  message_id: messageId,
  path,
  ...(reason === null ? {} : { reason }),
  ended,
});

export const toConversation = (conversation: Conversation): ConversationResponse => ({
  id: conversation.id,
  title: conversation.title,
  messages_count: conversation.messagesCount,
  created_at: conversation.createdAt.toISOString(),
  updated_at: conversation.updatedAt.toISOString(),
});

const toMessage = (message: ChatMessage): ChatMessageResponse => ({
  id: message.id,
  number: message.number,
  role: message.role,
  text: message.text,
  path: message.answer?.path ?? null,
  reason: message.answer?.reason ?? null,
  model: message.answer?.model ?? null,
  ended: message.answer?.ended ?? null,
  feedback: message.answer?.feedback ?? null,
  created_at: message.createdAt.toISOString(),
});

/** `before`: of the next page of messages; null on the last one. */
export const toConversationDetail = (
  conversation: Conversation,
  messages: readonly ChatMessage[],
  before: number | null,
): ConversationDetail =>
  Object.assign(toConversation(conversation), { messages: messages.map(toMessage), before });

import { agentPolicy } from '../../../../config/policy/assistants/agents.js';
import { chatPolicy, conversationId } from '../../../../config/policy/assistants/chat.js';
import { ObjectsField, TextsField } from '../../../perimeter/input/composite-fields.js';
import { ChoiceField, TextField, UuidField } from '../../../perimeter/input/fields.js';
import { SourceResponse } from '../answer-source.js';
import {
  ChoiceProperty,
  ConstantProperty,
  ListProperty,
  TextProperty,
} from '../../../perimeter/output/properties.js';
import { fallbackReasons, type FallbackReason } from '../gateway/ai-call.js';

/** A message in the form of this API, or the body of the AI SDK's default transport. */
export class SendChatRequest {
  @TextField({
    description: 'What is asked.',
    optional: true,
    min: 1,
    max: chatPolicy.messageCharacters,
    example: 'How do I get a picture?',
  })
  message?: string;

  @TextField({
    description: 'The conversation; a new one when left out. A client may make the id itself.',
    optional: true,
    ...conversationId,
  })
  conversation_id?: string;

  @UuidField({
    description: 'Who answers, of GET /agents; left out: the agent of the conversation, or the default one.',
    optional: true,
  })
  agent_id?: string;

  @TextsField({
    description: 'Ids of your stored pictures, which the question shows.',
    optional: true,
    longest: 36,
    pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$',
    max: chatPolicy.attachments,
  })
  attachments?: string[];

  @TextField({ description: 'The same, as the AI SDK calls it.', optional: true, ...conversationId })
  id?: string;

  @ObjectsField({
    description:
      'Of the AI SDK: of these, the text of the last message of the user is read, and nothing else. A client whose conversation is longer sends that one alone (`prepareSendMessagesRequest`).',
    optional: true,
    max: chatPolicy.sentMessages,
  })
  messages?: Record<string, unknown>[];

  @ChoiceField({
    description: 'Of the AI SDK: `regenerate-message` answers the latest question again.',
    optional: true,
    of: ['submit-message', 'regenerate-message'],
  })
  trigger?: 'submit-message' | 'regenerate-message';

  @TextField({
    description: 'Of the AI SDK: the answer that is given again, which is the latest.',
    optional: true,
    min: 1,
    max: 64,
  })
  messageId?: string;
}

export class ChatResponse {
  @TextProperty({ max: chatPolicy.answerCharacters }) reply!: string;
  @TextProperty(conversationId) conversation_id!: string;
  @TextProperty({ max: 64, description: 'Of the answer.' }) message_id!: string;
  @ChoiceProperty(['ai', 'fallback'], { description: 'fallback: no model answered.' }) path!:
    'ai' | 'fallback';
  @ChoiceProperty([...fallbackReasons], { optional: true, description: 'Why not, or why it broke off.' })
  reason?: FallbackReason;
  @ListProperty(SourceResponse, {
    max: agentPolicy.givenEntries,
    optional: true,
    description: 'What the agent knew about it.',
  })
  sources?: SourceResponse[];
  @ChoiceProperty(['whole', 'stopped', 'broken'], { description: 'How the answer ended.' })
  ended!: 'whole' | 'stopped' | 'broken';
}

const block = { max: 20, description: 'Of its block.' };

class ChatStartEvent {
  @ConstantProperty('start') type!: 'start';
  @TextProperty({ max: 64, description: 'Of the answer.' }) messageId!: string;
}
class ChatStepEvent {
  @ChoiceProperty(['start-step', 'finish-step', 'finish', 'abort']) type!: string;
}
class ChatBlockEvent {
  @ChoiceProperty(['text-start', 'text-end', 'reasoning-start', 'reasoning-end']) type!: string;
  @TextProperty(block) id!: string;
}
class ChatDeltaEvent {
  @ChoiceProperty(['text-delta', 'reasoning-delta']) type!: string;
  @TextProperty(block) id!: string;
  @TextProperty({ max: chatPolicy.answerCharacters }) delta!: string;
}
class ChatSourceEvent {
  @ConstantProperty('source-document') type!: 'source-document';
  @TextProperty({ max: 64 }) sourceId!: string;
  @ConstantProperty('text/plain') mediaType!: 'text/plain';
  @TextProperty({ max: agentPolicy.titleCharacters }) title!: string;
}
class ChatErrorEvent {
  @ConstantProperty('error') type!: 'error';
  @TextProperty({ max: 200 }) errorText!: string;
}

/** Every part of the stream. */
export const chatEvents = [
  ChatStartEvent,
  ChatStepEvent,
  ChatBlockEvent,
  ChatDeltaEvent,
  ChatSourceEvent,
  ChatErrorEvent,
] as const;

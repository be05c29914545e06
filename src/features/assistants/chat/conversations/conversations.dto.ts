import { agentPolicy } from '../../../../../config/policy/assistants/agents.js';
import { chatPolicy, conversationId } from '../../../../../config/policy/assistants/chat.js';
import { ChoiceField, IntegerField, TextField } from '../../../../perimeter/input/fields.js';
import { limitQuery } from '../../../../perimeter/input/page-query.js';
import {
  ChoiceProperty,
  IntegerProperty,
  ListProperty,
  MomentProperty,
  TextProperty,
  UuidProperty,
  uuidSchema,
} from '../../../../perimeter/output/properties.js';
import { SourceResponse } from '../../answer-source.js';
import { fallbackReasons } from '../../gateway/ai-call.js';

const cursor = { max: 81, pattern: '^[0-9]{1,15}[.][A-Za-z0-9_-]{1,64}$' };

export class ListConversationsQuery extends limitQuery(100) {
  @TextField({ description: '`next_cursor` of the page before.', optional: true, min: 3, ...cursor })
  cursor?: string;

  @TextField({
    description: 'Only those with a message that has all of these words.',
    optional: true,
    min: 1,
    max: 200,
  })
  q?: string;
}

export class GetConversationQuery extends limitQuery(100) {
  @IntegerField({
    description: '`before` of the page before: only messages before this one.',
    optional: true,
    min: 1,
    max: 1_000_000,
    fromQuery: true,
  })
  before?: number;
}

export class RenameConversationRequest {
  @TextField({ description: 'Its new title.', min: 1, max: chatPolicy.titleCharacters, example: 'Pictures' })
  title!: string;
}

export class RateAnswerRequest {
  @ChoiceField({
    description: 'How the answer was; null: nothing is said of it.',
    optional: true,
    nullable: true,
    of: ['up', 'down'],
    example: 'up',
  })
  feedback?: 'up' | 'down' | null;
}

export class ConversationResponse {
  @TextProperty(conversationId) id!: string;
  @TextProperty({ max: 200 }) title!: string;
  @UuidProperty({ nullable: true, description: 'Who answers; null: no agent.' }) agent_id!: string | null;
  @IntegerProperty() messages_count!: number;
  @MomentProperty() created_at!: string;
  @MomentProperty() updated_at!: string;
}

export class ConversationsPage {
  @ListProperty(ConversationResponse, { max: 100 }) data!: ConversationResponse[];
  @TextProperty({
    nullable: true,
    ...cursor,
    description: 'The `cursor` of the next page; null on the last one.',
  })
  next_cursor!: string | null;
}

export class ChatMessageResponse {
  @TextProperty({ max: 64 }) id!: string;
  @IntegerProperty({ description: 'Its place in the conversation, from 1.' }) number!: number;
  @ChoiceProperty(['user', 'assistant']) role!: 'user' | 'assistant';
  @TextProperty({ max: chatPolicy.answerCharacters }) text!: string;
  @ListProperty(
    { type: 'string', ...uuidSchema },
    { max: chatPolicy.attachments, description: 'Of a question: ids of the pictures that it shows.' },
  )
  attachments!: string[];
  @ChoiceProperty(['ai', 'fallback'], { nullable: true, description: 'Of an answer.' })
  path!: 'ai' | 'fallback' | null;
  @ChoiceProperty([...fallbackReasons], {
    nullable: true,
    description: 'Why no model answered, or why it broke off.',
  })
  reason!: string | null;
  @TextProperty({ nullable: true, max: 100, description: 'The model that answered.' }) model!: string | null;
  @ChoiceProperty(['whole', 'stopped', 'broken'], { nullable: true, description: 'How an answer ended.' })
  ended!: string | null;
  @ChoiceProperty(['up', 'down'], { nullable: true }) feedback!: 'up' | 'down' | null;
  @ListProperty(SourceResponse, {
    max: agentPolicy.givenEntries,
    description: 'What the agent knew about it.',
  })
  sources!: SourceResponse[];
  @MomentProperty() created_at!: string;
}

export class ConversationDetail extends ConversationResponse {
  @ListProperty(ChatMessageResponse, { max: 100, description: 'The latest first.' })
  messages!: ChatMessageResponse[];
  @IntegerProperty({ nullable: true, description: 'The `before` of the next page; null on the last one.' })
  before!: number | null;
}

import { agentPolicy } from '../../../../../config/policy/assistants/agents.js';
import { chatPolicy } from '../../../../../config/policy/assistants/chat.js';
import { NumberField, TextsField } from '../../../../perimeter/input/composite-fields.js';
import { ChoiceField, FlagField, IntegerField, TextField } from '../../../../perimeter/input/fields.js';
import { limitQuery } from '../../../../perimeter/input/page-query.js';
import {
  ChoiceProperty,
  FlagProperty,
  IntegerProperty,
  ListProperty,
  MomentProperty,
  NumberProperty,
  ObjectProperty,
  TextProperty,
  UuidProperty,
} from '../../../../perimeter/output/properties.js';
import { fallbackReasons } from '../../gateway/ai-call.js';
import { SourceResponse } from '../../answer-source.js';

const thinking = ['off', 'low', 'medium', 'high'] as const;
const originSchema = { longest: 255, pattern: '^https?://[^\\s/]+$', max: agentPolicy.origins };
const microusd = { min: 1, max: 1_000_000_000_000 };

class AgentFields {
  @TextField({
    description: 'What it is for, as people are told.',
    optional: true,
    max: agentPolicy.descriptionCharacters,
  })
  description?: string;

  @TextField({
    description: 'Its instructions. They are no secret, and must hold none.',
    optional: true,
    max: agentPolicy.promptCharacters,
    example: 'You answer questions about our shop, briefly and in the language of the question.',
  })
  system_prompt?: string;

  @TextField({ description: 'null: the configured model.', optional: true, nullable: true, min: 1, max: 200 })
  model?: string | null;

  @NumberField({
    description: "null: the provider's default.",
    optional: true,
    nullable: true,
    min: 0,
    max: 2,
  })
  temperature?: number | null;

  @IntegerField({
    description: 'Tokens of an answer, thoughts included.',
    optional: true,
    min: 16,
    max: agentPolicy.mostAnswerTokens,
  })
  max_output_tokens?: number;

  @ChoiceField({
    description: 'How long the model thinks before it answers, where it can.',
    optional: true,
    of: thinking,
  })
  thinking?: (typeof thinking)[number];

  @TextField({
    description:
      'Stands before the first answer of a conversation, such as that a machine answers; null: nothing does.',
    optional: true,
    nullable: true,
    min: 1,
    max: agentPolicy.disclosureCharacters,
    example: 'You are talking to an AI system.',
  })
  disclosure?: string | null;

  @FlagField({
    description: 'Whether visitors of a site may ask it, besides signed-in people.',
    optional: true,
  })
  is_public?: boolean;

  @TextsField({
    description: 'Of the pages that may ask it, among CORS_ORIGINS; none: all of these.',
    optional: true,
    ...originSchema,
  })
  origins?: string[];

  @FlagField({
    description:
      'Whether its answers in the chat have the values back that LEADSENSE_PII_REDACTION replaced in the question. They are kept without.',
    optional: true,
  })
  restores_personal_data?: boolean;

  @IntegerField({
    description:
      'Millionths of a dollar that it may cost a day, a quarter of it by visitors together; null: no cap of its own.',
    optional: true,
    nullable: true,
    ...microusd,
  })
  daily_microusd?: number | null;
}

const agentName = { min: 1, max: agentPolicy.nameCharacters, example: 'Shop' };

export class CreateAgentRequest extends AgentFields {
  @TextField({ description: 'What it is called.', ...agentName }) name!: string;
}

export class ChangeAgentRequest extends AgentFields {
  @TextField({ description: 'What it is called.', optional: true, ...agentName }) name?: string;

  @FlagField({
    description:
      'Whether it answers signed-in people where no agent is named; then no other one does. Only a published one can be it, as nobody can ask a draft.',
    optional: true,
  })
  is_default?: boolean;
}

export class PublishAgentRequest {
  @IntegerField({
    description: 'Left out: the latest one.',
    optional: true,
    min: 1,
    max: agentPolicy.versions,
  })
  version?: number;
}

export class RollBackAgentRequest {
  @IntegerField({ description: 'An earlier version.', min: 1, max: agentPolicy.versions, example: 1 })
  version!: number;
}

export class TestAgentRequest {
  @TextField({
    description: 'What is asked.',
    min: 1,
    max: chatPolicy.messageCharacters,
    example: 'When are you open?',
  })
  message!: string;

  @IntegerField({
    description: 'Left out: the latest one, published or not.',
    optional: true,
    min: 1,
    max: agentPolicy.versions,
  })
  version?: number;
}

export class VersionsQuery extends limitQuery(100) {
  @IntegerField({
    description: '`before` of the page before: only earlier versions.',
    optional: true,
    min: 1,
    max: agentPolicy.versions,
    fromQuery: true,
  })
  before?: number;
}

export class AgentVersionResponse {
  @IntegerProperty({ min: 1 }) version!: number;
  @TextProperty({ max: agentPolicy.descriptionCharacters }) description!: string;
  @TextProperty({ max: agentPolicy.promptCharacters }) system_prompt!: string;
  @TextProperty({ max: 200, nullable: true }) model!: string | null;
  @NumberProperty({ nullable: true, min: 0, max: 2 }) temperature!: number | null;
  @IntegerProperty() max_output_tokens!: number;
  @ChoiceProperty([...thinking]) thinking!: (typeof thinking)[number];
  @TextProperty({ max: agentPolicy.disclosureCharacters, nullable: true }) disclosure!: string | null;
  @FlagProperty() is_public!: boolean;
  @ListProperty(
    { type: 'string', maxLength: 255, pattern: originSchema.pattern },
    { max: agentPolicy.origins },
  )
  origins!: string[];
  @FlagProperty() restores_personal_data!: boolean;
  @IntegerProperty({ nullable: true }) daily_microusd!: number | null;
  @MomentProperty() created_at!: string;
  @MomentProperty({ nullable: true, description: 'null: it is the draft.' }) published_at!: string | null;
}

export class AdminAgentResponse {
  @UuidProperty() id!: string;
  @TextProperty({ max: agentPolicy.nameCharacters }) name!: string;
  @FlagProperty() is_default!: boolean;
  @IntegerProperty({ nullable: true, description: 'The one that answers; null: nobody can ask it.' })
  published_version!: number | null;
  @IntegerProperty({ min: 1 }) last_version!: number;
  @MomentProperty() created_at!: string;
  @MomentProperty() updated_at!: string;
}

export class AdminAgentDetail extends AdminAgentResponse {
  @ObjectProperty(AgentVersionResponse, {
    description: 'The latest version: the draft, where something was changed.',
  })
  latest!: AgentVersionResponse;
}

export class AdminAgentsResponse {
  @ListProperty(AdminAgentResponse, { max: agentPolicy.agents }) data!: AdminAgentResponse[];
}

export class AgentVersionsPage {
  @ListProperty(AgentVersionResponse, { max: 100, description: 'The latest first.' })
  data!: AgentVersionResponse[];
  @IntegerProperty({ nullable: true, description: 'The `before` of the next page; null on the last one.' })
  before!: number | null;
}

export class AgentTestResponse {
  @TextProperty({ max: chatPolicy.answerCharacters }) reply!: string;
  @IntegerProperty({ min: 1 }) version!: number;
  @ChoiceProperty(['ai', 'fallback']) path!: 'ai' | 'fallback';
  @ChoiceProperty([...fallbackReasons], { optional: true }) reason?: string;
  @TextProperty({ max: 200, nullable: true, description: 'The model that answered.' }) model!: string | null;
  @ListProperty(SourceResponse, { max: agentPolicy.givenEntries, description: 'What it knew about it.' })
  sources!: SourceResponse[];
  @FlagProperty({ description: 'Whether the answer was cut off, because it repeated the instructions.' })
  withheld!: boolean;
}

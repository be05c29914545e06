import { openAiPolicy } from '../../../../../config/policy/assistants/openai.js';
import {
  JsonField,
  NestedField,
  NumberField,
  ObjectsField,
} from '../../../../perimeter/input/composite-fields.js';
import {
  ChoiceField,
  FlagField,
  IntegerField,
  ObjectField,
  TextField,
} from '../../../../perimeter/input/fields.js';
import {
  ChoiceProperty,
  ConstantProperty,
  freeText,
  IntegerProperty,
  ListProperty,
  ObjectProperty,
  TextProperty,
} from '../../../../perimeter/output/properties.js';

const ignored = 'Taken, and not used.';

class StreamOptions {
  @FlagField({ description: 'Whether the last chunk tells the tokens.', optional: true })
  include_usage?: boolean;
  @FlagField({ description: ignored, optional: true }) include_obfuscation?: boolean;
}

/** The body of OpenAI's chat completions, as far as it is taken; anything else is refused. */
export class ChatCompletionRequest {
  @TextField({
    description: 'One of GET /openai/models.',
    min: 1,
    max: openAiPolicy.modelCharacters,
    example: 'gemini-2.5-flash-lite',
  })
  model!: string;

  @ObjectsField({
    description:
      'What was said, oldest first: roles system, developer, user, assistant (with `tool_calls`) and tool. Content is text, or a list of parts of type text.',
    max: openAiPolicy.messages,
    example: [{ role: 'user', content: 'What is a credit?' }],
  })
  messages!: Record<string, unknown>[];

  @FlagField({ description: 'Whether the answer comes as server-sent events.', optional: true })
  stream?: boolean;
  @NestedField({ description: 'Of a stream.', optional: true, of: StreamOptions })
  stream_options?: StreamOptions;

  @NumberField({ description: 'How freely the model chooses its words.', optional: true, min: 0, max: 2 })
  temperature?: number;
  @NumberField({
    description: 'The share of likely words that it chooses among.',
    optional: true,
    min: 0,
    max: 1,
  })
  top_p?: number;
  @NumberField({ description: 'Above 0: rather new subjects.', optional: true, min: -2, max: 2 })
  presence_penalty?: number;
  @NumberField({ description: 'Above 0: rather no repetitions.', optional: true, min: -2, max: 2 })
  frequency_penalty?: number;
  @IntegerField({
    description: `Tokens of the answer, thoughts included; ${openAiPolicy.answerTokens} when left out.`,
    optional: true,
    min: 1,
    max: openAiPolicy.mostAnswerTokens,
  })
  max_completion_tokens?: number;
  @IntegerField({
    description: 'The older name of max_completion_tokens.',
    optional: true,
    min: 1,
    max: openAiPolicy.mostAnswerTokens,
  })
  max_tokens?: number;
  @IntegerField({
    description: 'For answers that can be repeated.',
    optional: true,
    min: 0,
    max: 2 ** 31 - 1,
  })
  seed?: number;
  @JsonField({
    description: 'Texts at which the answer ends.',
    optional: true,
    schema: {
      oneOf: [
        { type: 'string', maxLength: openAiPolicy.stopCharacters, pattern: freeText },
        {
          type: 'array',
          items: { type: 'string', maxLength: openAiPolicy.stopCharacters, pattern: freeText },
          maxItems: openAiPolicy.stops,
        },
      ],
    },
  })
  stop?: unknown;
  @ChoiceField({
    description: 'How long it thinks before it answers, where it can; as little as it can when left out.',
    optional: true,
    of: ['none', 'minimal', 'low', 'medium', 'high'],
  })
  reasoning_effort?: string;

  @ObjectsField({ description: 'Functions that the client runs.', optional: true, max: openAiPolicy.tools })
  tools?: Record<string, unknown>[];
  @JsonField({
    description: '`auto`, `none`, `required`, or one function.',
    optional: true,
    schema: {
      oneOf: [
        { type: 'string', enum: ['auto', 'none', 'required'] },
        { type: 'object', additionalProperties: true },
      ],
    },
  })
  tool_choice?: unknown;
  @FlagField({ description: 'Whether several tools may be called at once.', optional: true })
  parallel_tool_calls?: boolean;
  @ObjectField({ description: 'Of type text, json_object or json_schema.', optional: true })
  response_format?: Record<string, unknown>;

  @IntegerField({ description: 'Answers: one.', optional: true, min: 1, max: 1 }) n?: number;
  @FlagField({ description: 'false: nothing of it is kept here.', optional: true }) store?: boolean;
  @FlagField({ description: 'false: they are not given.', optional: true }) logprobs?: boolean;
  @TextField({ description: ignored, optional: true, max: 512 }) user?: string;
  @TextField({ description: ignored, optional: true, max: 512 }) safety_identifier?: string;
  @TextField({ description: ignored, optional: true, max: 512 }) prompt_cache_key?: string;
  @TextField({ description: ignored, optional: true, max: 64 }) service_tier?: string;
  @ObjectField({ description: ignored, optional: true }) metadata?: Record<string, unknown>;
}

const callId = { max: openAiPolicy.callIdCharacters };

class CalledFunction {
  @TextProperty({ max: 200 }) name!: string;
  @TextProperty({ max: openAiPolicy.answerCharacters, description: 'An object in JSON.' }) arguments!: string;
}
class MadeToolCall {
  @TextProperty(callId) id!: string;
  @ConstantProperty('function') type!: 'function';
  @ObjectProperty(CalledFunction) function!: CalledFunction;
}
class AnswerMessage {
  @ConstantProperty('assistant') role!: 'assistant';
  @TextProperty({ max: openAiPolicy.answerCharacters, nullable: true }) content!: string | null;
  @TextProperty({ max: 1000, nullable: true }) refusal!: string | null;
  @ListProperty(MadeToolCall, { max: openAiPolicy.toolCallsPerMessage, optional: true })
  tool_calls?: MadeToolCall[];
}

export const finishReasons = ['stop', 'length', 'content_filter', 'tool_calls'] as const;
export type FinishReason = (typeof finishReasons)[number];

class AnswerChoice {
  @IntegerProperty({ max: 0 }) index!: number;
  @ObjectProperty(AnswerMessage) message!: AnswerMessage;
  @ChoiceProperty([...finishReasons]) finish_reason!: FinishReason;
}
class PromptDetails {
  @IntegerProperty() cached_tokens!: number;
}
class CompletionDetails {
  @IntegerProperty() reasoning_tokens!: number;
}
export class CompletionUsage {
  @IntegerProperty() prompt_tokens!: number;
  @IntegerProperty() completion_tokens!: number;
  @IntegerProperty() total_tokens!: number;
  @ObjectProperty(PromptDetails) prompt_tokens_details!: PromptDetails;
  @ObjectProperty(CompletionDetails) completion_tokens_details!: CompletionDetails;
}
const completionId = { max: 64 };

export class ChatCompletionResponse {
  @TextProperty(completionId) id!: string;
  @ConstantProperty('chat.completion') object!: 'chat.completion';
  @IntegerProperty({ description: 'Seconds since 1970.' }) created!: number;
  @TextProperty({ max: openAiPolicy.modelCharacters, description: 'The model that answered.' })
  model!: string;
  @ListProperty(AnswerChoice, { max: 1 }) choices!: AnswerChoice[];
  @ObjectProperty(CompletionUsage) usage!: CompletionUsage;
}

class CalledFunctionPiece {
  @TextProperty({ max: 200, optional: true }) name?: string;
  @TextProperty({ max: openAiPolicy.answerCharacters, description: 'More of the JSON.' }) arguments!: string;
}
class ToolCallPiece {
  @IntegerProperty({ max: 10_000 }) index!: number;
  @TextProperty({ ...callId, optional: true }) id?: string;
  @ConstantProperty('function', { optional: true }) type?: 'function';
  @ObjectProperty(CalledFunctionPiece) function!: CalledFunctionPiece;
}
class AnswerPiece {
  @ConstantProperty('assistant', { optional: true }) role?: 'assistant';
  @TextProperty({ max: openAiPolicy.answerCharacters, nullable: true, optional: true }) content?:
    string | null;
  @ListProperty(ToolCallPiece, { max: 1, optional: true }) tool_calls?: ToolCallPiece[];
}
class ChoicePiece {
  @IntegerProperty({ max: 0 }) index!: number;
  @ObjectProperty(AnswerPiece) delta!: AnswerPiece;
  @ChoiceProperty([...finishReasons], { nullable: true }) finish_reason!: FinishReason | null;
}
/** One event of a stream. */
export class ChatCompletionChunk {
  @TextProperty(completionId) id!: string;
  @ConstantProperty('chat.completion.chunk') object!: 'chat.completion.chunk';
  @IntegerProperty() created!: number;
  @TextProperty({ max: openAiPolicy.modelCharacters }) model!: string;
  @ListProperty(ChoicePiece, { max: 1 }) choices!: ChoicePiece[];
  @ObjectProperty(CompletionUsage, {
    optional: true,
    nullable: true,
    description: 'With `include_usage`: null in all chunks but the last one, which has no choices.',
  })
  usage?: CompletionUsage | null;
}

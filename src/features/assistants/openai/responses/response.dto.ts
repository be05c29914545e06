import { openAiPolicy } from '../../../../../config/policy/assistants/openai.js';
import {
  JsonField,
  NumberField,
  ObjectsField,
  TextsField,
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
  FlagProperty,
  IntegerProperty,
  ListProperty,
  MapProperty,
  NumberProperty,
  ObjectProperty,
  TextProperty,
} from '../../../../perimeter/output/properties.js';

const ignored = 'Taken, and not used.';
const callId = { max: openAiPolicy.callIdCharacters };

/** The body of OpenAI's responses, as far as it needs nothing that is kept; anything else is refused. */
export class CreateResponseRequest {
  @TextField({
    description: 'One of GET /openai/models.',
    min: 1,
    max: openAiPolicy.modelCharacters,
    example: 'gemini-2.5-flash-lite',
  })
  model!: string;

  @JsonField({
    description:
      'A question, or what was said, oldest first: items of type message, function_call and function_call_output. Items of an earlier answer are sent whole, since nothing is kept (`store: false`).',
    example: 'What is a credit?',
    schema: {
      oneOf: [
        { type: 'string', maxLength: 1_000_000, pattern: freeText },
        {
          type: 'array',
          items: { type: 'object', additionalProperties: true },
          maxItems: openAiPolicy.messages,
        },
      ],
    },
  })
  input!: unknown;

  @TextField({ description: 'What the model must obey.', optional: true, max: 200_000 })
  instructions?: string;
  @FlagField({ description: 'Whether the answer comes as server-sent events.', optional: true })
  stream?: boolean;
  @FlagField({ description: 'false: nothing is kept here.', optional: true }) store?: boolean;
  @NumberField({ description: 'How freely the model chooses its words.', optional: true, min: 0, max: 2 })
  temperature?: number;
  @NumberField({
    description: 'The share of likely words that it chooses among.',
    optional: true,
    min: 0,
    max: 1,
  })
  top_p?: number;
  @IntegerField({
    description: `Tokens of the answer, thoughts included; ${openAiPolicy.answerTokens} when left out.`,
    optional: true,
    min: 1,
    max: openAiPolicy.mostAnswerTokens,
  })
  max_output_tokens?: number;
  @ObjectField({ description: '`effort`: how long it thinks, where it can.', optional: true })
  reasoning?: Record<string, unknown>;
  @ObjectField({ description: '`format`: of type text, json_object or json_schema.', optional: true })
  text?: Record<string, unknown>;
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

  @TextsField({ description: ignored, optional: true, longest: 64, pattern: '^[a-z_.]+$', max: 20 })
  include?: string[];
  @ChoiceField({ description: ignored, optional: true, of: ['auto', 'disabled'] }) truncation?: string;
  @FlagField({ description: 'false: the answer is waited for.', optional: true }) background?: boolean;
  @TextField({ description: ignored, optional: true, max: 512 }) user?: string;
  @TextField({ description: ignored, optional: true, max: 512 }) safety_identifier?: string;
  @TextField({ description: ignored, optional: true, max: 512 }) prompt_cache_key?: string;
  @TextField({ description: ignored, optional: true, max: 64 }) service_tier?: string;
  @ObjectField({ description: ignored, optional: true }) metadata?: Record<string, unknown>;
}

class OutputText {
  @ConstantProperty('output_text') type!: 'output_text';
  @TextProperty({ max: openAiPolicy.answerCharacters }) text!: string;
  @ListProperty({ type: 'object' }, { max: 0 }) annotations!: object[];
  @ListProperty({ type: 'object' }, { max: 0 }) logprobs!: object[];
}
const itemStates = ['in_progress', 'completed', 'incomplete'] as const;
type ItemState = (typeof itemStates)[number];
export class OutputMessage {
  @ConstantProperty('message') type!: 'message';
  @TextProperty({ max: 64 }) id!: string;
  @ChoiceProperty([...itemStates]) status!: ItemState;
  @ConstantProperty('assistant') role!: 'assistant';
  @ListProperty(OutputText, { max: 1 }) content!: OutputText[];
}
export class OutputCall {
  @ConstantProperty('function_call') type!: 'function_call';
  @TextProperty({ max: 64 }) id!: string;
  @ChoiceProperty([...itemStates]) status!: ItemState;
  @TextProperty(callId) call_id!: string;
  @TextProperty({ max: 200 }) name!: string;
  @TextProperty({ max: openAiPolicy.answerCharacters, description: 'An object in JSON.' }) arguments!: string;
}
export type OutputItem = OutputMessage | OutputCall;
export const outputItems = [OutputMessage, OutputCall] as const;
const itemSchema = {
  oneOf: outputItems.map(({ name }) => ({ $ref: `#/components/schemas/${name}` })),
};

class IncompleteDetails {
  @ChoiceProperty(['max_output_tokens', 'content_filter']) reason!: 'max_output_tokens' | 'content_filter';
}
class InputDetails {
  @IntegerProperty() cached_tokens!: number;
}
class OutputDetails {
  @IntegerProperty() reasoning_tokens!: number;
}
class ResponseUsage {
  @IntegerProperty() input_tokens!: number;
  @ObjectProperty(InputDetails) input_tokens_details!: InputDetails;
  @IntegerProperty() output_tokens!: number;
  @ObjectProperty(OutputDetails) output_tokens_details!: OutputDetails;
  @IntegerProperty() total_tokens!: number;
}
class TextFormat {
  @ConstantProperty('text') type!: 'text';
}
class TextSettings {
  @ObjectProperty(TextFormat) format!: TextFormat;
}

export class OpenAiResponse {
  @TextProperty({ max: 64 }) id!: string;
  @ConstantProperty('response') object!: 'response';
  @IntegerProperty({ description: 'Seconds since 1970.' }) created_at!: number;
  @ChoiceProperty(['in_progress', 'completed', 'incomplete']) status!:
    'in_progress' | 'completed' | 'incomplete';
  @MapProperty({ max: 0, values: true, nullable: true }) error!: null;
  @ObjectProperty(IncompleteDetails, { nullable: true }) incomplete_details!: IncompleteDetails | null;
  @TextProperty({ max: 1, nullable: true, description: 'Nothing is repeated of the request.' })
  instructions!: null;
  @IntegerProperty({ nullable: true }) max_output_tokens!: number | null;
  @TextProperty({ max: openAiPolicy.modelCharacters, description: 'The model that answers.' }) model!: string;
  @ListProperty(itemSchema, { max: openAiPolicy.toolCallsPerMessage + 1 }) output!: OutputItem[];
  @FlagProperty() parallel_tool_calls!: boolean;
  @TextProperty({ max: 1, nullable: true }) previous_response_id!: null;
  @ConstantProperty(false) store!: false;
  @NumberProperty({ nullable: true, min: 0, max: 2 }) temperature!: number | null;
  @NumberProperty({ nullable: true, min: 0, max: 1 }) top_p!: number | null;
  @ObjectProperty(TextSettings) text!: TextSettings;
  @ConstantProperty('auto') tool_choice!: 'auto';
  @ListProperty({ type: 'object' }, { max: 0 }) tools!: object[];
  @ConstantProperty('disabled') truncation!: 'disabled';
  @ObjectProperty(ResponseUsage, { nullable: true }) usage!: ResponseUsage | null;
  @MapProperty({ max: 0, values: true }) metadata!: Record<string, never>;
}

/** One event of a stream: its type, and what belongs to it. */
export class ResponseEvent {
  @TextProperty({ max: 64 }) type!: string;
  @IntegerProperty() sequence_number!: number;
}
